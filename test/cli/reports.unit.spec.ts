import { widthOf } from '../../src/cli/format.js';
import { popularLines } from '../../src/cli/reports.js';

const WIDTH_MAX = 80;
const widest = (lines: readonly string[]): number => Math.max(...lines.map(widthOf));

describe('the most popular streams', () => {
  const stream = { viewCount: 100_000, quality: 'MEDIUM', popularity: 99_999.9 };

  it.each([
    ['short', 'a'],
    ['long', 'a'.repeat(200)],
  ])('are listed with their ids and fit a terminal: %s ones', (_, mediaId) => {
    const streams = Array.from({ length: 10 }, () => ({
      ...stream,
      mediaId,
      title: 'The '.repeat(50),
    }));
    const lines = popularLines(streams, 10, 'WEEK', true);
    expect(lines[1]).toMatch(/^ +# {2}ID +Title +Views/);
    expect(lines[2]).toMatch(/^ +1 {2}a/);
    expect(widest(lines)).toBeLessThanOrEqual(WIDTH_MAX);
  });
});
