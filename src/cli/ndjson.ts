import type { FileHandle } from 'node:fs/promises';
import { WrongUsage } from './failure.js';

/**
 * Throws WrongUsage for a file of another kind than NDJSON, where each line would be a fault. A
 * file of lines that has bad ones passes.
 */
export async function assertNdjson(file: FileHandle, path: string): Promise<void> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
  const found = otherKind(buffer.subarray(0, bytesRead));
  if (found === undefined) return;
  throw new WrongUsage(`${path} is not NDJSON, one JSON object a line, but ${found}`);
}

/** Bytes that are looked at: no line of an event is longer. */
const HEAD_BYTES = 2 ** 16;
const GZIP = Buffer.from([0x1f, 0x8b]);
/** A byte order mark, read as Latin-1. */
const MARK = /^\u00ef\u00bb\u00bf/;

/** Says what kind of file it is instead, with advice; undefined if it may be NDJSON. */
function otherKind(head: Buffer): string | undefined {
  if (head.subarray(0, GZIP.length).equals(GZIP)) return 'packed with gzip: unpack it first';
  const text = head.toString('latin1').replace(MARK, '').trimStart();
  if (text.startsWith('[')) return 'a JSON array: write each of its objects into a line';
  const isLikely = text === '' || /^[ \t\r]*\{/m.test(text);
  return isLikely ? undefined : 'something else: no line of it begins an object';
}
