import type { InputBytes } from './input-bytes.js';

/** A line of a file as it stands, or as it was packed. */
export interface FileLine {
  /** Counted from 1. */
  readonly number: number;
  /** The byte of the file at which it begins, and its length in bytes without its newline. */
  readonly start: number;
  readonly length: number;
  /** The whole line, or the beginning of a line that is too long. */
  readonly bytes: Buffer;
  /** True if a newline follows; the last line of a file may have none. */
  readonly isEnded: boolean;
}

export interface LineOptions {
  /** The most bytes of a whole line; of a longer line only the beginning is kept, of more bytes. */
  readonly bytesMax: number;
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the file that were read so far. */
  readonly onProgress: (bytes: number) => void;
}

const NEWLINE = 0x0a;

/** Reads the lines of a file. A newline, and nothing else, ends a line. */
export async function* linesOf(input: InputBytes, options: LineOptions): AsyncGenerator<FileLine> {
  const { bytesMax, signal, onProgress: onRead } = options;
  let [number, start, read] = [1, 0, 0];
  let parts: Buffer[] = [];
  let kept = 0;
  const keep = (part: Buffer): void => {
    if (kept > bytesMax) return;
    parts.push(part);
    kept += part.length;
  };
  const line = (length: number, isEnded: boolean): FileLine => {
    const ended = { number, start, length, bytes: Buffer.concat(parts), isEnded };
    [parts, kept, number, start] = [[], 0, number + 1, start + length + 1];
    return ended;
  };
  for await (const chunk of input.from(0, { signal, onRead })) {
    const chunkStart = read;
    read += chunk.length;
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, to));
      yield line(chunkStart + to - start, true);
      from = to + 1;
    }
    keep(chunk.subarray(from));
  }
  if (read > start) yield line(read - start, false);
}
