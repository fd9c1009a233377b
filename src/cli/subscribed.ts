/** Yields the data of the results in a stream of server-sent events, as texts. */
export async function* resultsIn(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = lines.find((line) => line.startsWith(DATA));
      if (lines.includes(NEXT) && data !== undefined) yield data.slice(DATA.length);
    }
  }
}

const NEXT = 'event: next';
const DATA = 'data: ';
