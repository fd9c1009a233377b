import { PassThrough, type Readable } from 'node:stream';
import { PING_MS, type ResultStream } from './result-stream.js';

/**
 * Writes the results of a subscription as server-sent events. If the reader leaves, the
 * subscription ends. If it does not read for long, its connection is broken.
 */
export function eventStreamOf(results: ResultStream, pingMs = PING_MS): Readable {
  const body = new PassThrough();
  results.onStuck = () => body.destroy();
  // The headers go out with the first bytes.
  body.write(PING);
  const timer = setInterval(() => {
    if (body.writableLength === 0) body.write(PING);
  }, pingMs);
  body.once('close', () => {
    clearInterval(timer);
    void results.return();
  });
  void writeAll(results, body, () => {
    clearInterval(timer);
  });
  return body;
}

/** Writes one result, as JSON, in the words of GraphQL over Server-Sent Events. */
const next = (json: string): string => `event: next\ndata: ${json}\n\n`;

/** The last event. It has data, as an EventSource does not report an event without. */
const COMPLETE = 'event: complete\ndata:\n\n';

/** Writes the only result of an operation, as JSON. */
export const onlyEvent = (json: string): string => `${next(json)}${COMPLETE}`;

/** A sign of life: a line that clients ignore. */
const PING = ':\n\n';

/** Writes each result after the reader has taken the one before it, then the end. */
async function writeAll(
  results: ResultStream,
  body: PassThrough,
  onEnd: () => void,
): Promise<void> {
  for await (const result of results) await written(body, next(JSON.stringify(result)));
  onEnd();
  body.end(COMPLETE);
}

/** Resolves when the reader has taken a text up to a bounded rest, or has left. */
const written = (body: PassThrough, text: string): Promise<void> =>
  new Promise((resolve) => {
    body.write(text, () => {
      resolve();
    });
  });
