import { PassThrough } from 'node:stream';
import { resultsIn } from '../../src/cli/subscribed.js';
import { Terminal } from '../../src/cli/terminal.js';

/** Gives bytes a few at a time. */
const streamOf = (text: string, size: number): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
};

test.each([1, 2, 7, 1_000])(
  'results are read however they are cut: %p bytes at a time',
  async (size) => {
    const text =
      ':\n\nevent: next\ndata: {"a":"\u00e9"}\n\n:\n\n' +
      'event: next\ndata: {"b":2}\n\nevent: complete\ndata:\n\n';
    const found: string[] = [];
    for await (const result of resultsIn(streamOf(text, size))) found.push(result);
    expect(found).toEqual(['{"a":"\u00e9"}', '{"b":2}']);
  },
);

/** What a terminal is written, by what it is. */
function written(isTTY: boolean, environment = {}): string {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = new Terminal({ stdout: Object.assign(stdout, { isTTY }), stderr, environment });
  terminal.show({}, ['one', 'two']);
  terminal.show({}, ['three']);
  terminal.note('note');
  terminal.show({}, ['four']);
  return String(stdout.read());
}

test('what is shown takes the place of the one before on a terminal alone', () => {
  expect(written(true)).toBe('one\ntwo\n\u001b[2A\u001b[0Jthree\nfour\n');
  expect(written(false)).toBe('one\ntwo\nthree\nfour\n');
  expect(written(true, { TERM: 'dumb' })).toBe('one\ntwo\nthree\nfour\n');
});
