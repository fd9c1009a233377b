import { jest } from '@jest/globals';
import { StreamNews } from '../../src/composition/stream-news.js';

test('of each fault one stream is told, and how many refusals were not', () => {
  jest.useFakeTimers();
  try {
    const lines: string[] = [];
    const news = new StreamNews({ warn: (line) => void lines.push(line) });
    for (const stream of ['s-1', 's-2', 's-2']) news.tell(stream, 'deleted');
    news.tell('s-1', 'cut-off');
    jest.advanceTimersByTime(60_000);
    news.tell('s-3', 'deleted');
    expect(lines).toEqual([
      expect.stringMatching(/^the stream s-1 was deleted/),
      expect.stringMatching(/^the stream s-1 has lost its beginning/),
      expect.stringMatching(/^the stream s-3 was deleted.*\(2 more refusals like it/),
    ]);
  } finally {
    jest.useRealTimers();
  }
});
