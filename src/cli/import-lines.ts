import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readEvent } from '../api/events/event-fields.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { checkReport } from '../domain/report-fields.js';
import { BAD_LINES_NAMED_MAX, type BadLine } from './bad-lines.js';

/** No event is as long; bounds what is held of a file that has no lines. */
const LINE_BYTES_MAX = 2 ** 16;
const NEWLINE = 0x0a;

/** A line of a file as it stands. */
interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** What a file holds. */
export interface FileFacts {
  /** Identifies its content. */
  readonly digest: string;
  readonly events: number;
  readonly bad: readonly BadLine[];
  readonly badCount: number;
}

/** An event of a file, ready to be sent. */
export interface EventLine {
  readonly line: number;
  /** The event with its eventId, in JSON. */
  readonly json: string;
}

export interface ReadOptions {
  readonly file: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a file to its end and checks every line as the server will, so that nothing is sent of a
 * file that has to be corrected first.
 */
export async function checkFile(
  { file, signal }: ReadOptions,
  onProgress: (bytes: number) => void,
): Promise<FileFacts> {
  const hash = createHash('sha256');
  const bad: BadLine[] = [];
  let [events, badCount, bytes] = [0, 0, 0];
  const onChunk = (chunk: Buffer): void => {
    hash.update(chunk);
    bytes += chunk.length;
    onProgress(bytes);
  };
  for await (const { number, bytes: text } of linesOf(file, signal, onChunk)) {
    const fault = faultIn(text);
    if (fault === 'blank') continue;
    events += 1;
    if (fault === undefined) continue;
    badCount += 1;
    const { code, message } = fault;
    if (bad.length < BAD_LINES_NAMED_MAX) bad.push({ line: number, code, message });
  }
  return { digest: hash.digest('base64url'), events, bad, badCount };
}

/** The events of a file that was found good. One without an eventId gets that of its place. */
export async function* eventsOf(
  { file, signal }: ReadOptions,
  digest: string,
): AsyncGenerator<EventLine> {
  for await (const { number, bytes } of linesOf(file, signal)) {
    const text = textOf(bytes);
    if (text.trim() === '') continue;
    const event = JSON.parse(text) as { readonly eventId?: unknown };
    const eventId = event.eventId ?? `import-${digest}-${String(number)}`;
    yield { line: number, json: JSON.stringify({ ...event, eventId }) };
  }
}

/** Why a line cannot be imported, if it cannot. */
function faultIn(bytes: Buffer): PlayheadError | 'blank' | undefined {
  try {
    const text = textOf(bytes);
    if (text.trim() === '') return 'blank';
    checkReport(readEvent(parse(text)), Date.now(), 'past');
    return undefined;
  } catch (error) {
    if (error instanceof PlayheadError) return error;
    throw error;
  }
}

function textOf(bytes: Buffer): string {
  if (bytes.length > LINE_BYTES_MAX) throw badInput('line', 'is too long for an event');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('line', 'must be UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badInput('line', 'must be JSON');
  }
}

/** Lines end with a newline and nothing else; of one that is too long only a part is kept. */
async function* linesOf(
  file: string,
  signal: AbortSignal,
  onChunk: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let kept = 0;
  let number = 1;
  const keep = (part: Buffer): void => {
    if (kept > LINE_BYTES_MAX) return;
    parts.push(part);
    kept += part.length;
  };
  for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    onChunk(chunk);
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, to));
      yield { number, bytes: Buffer.concat(parts) };
      [parts, kept, number, from] = [[], 0, number + 1, to + 1];
    }
    keep(chunk.subarray(from));
  }
  if (kept > 0) yield { number, bytes: Buffer.concat(parts) };
}
