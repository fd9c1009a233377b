import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Returns what a file holds, unpacked if it is packed with gzip. */
export async function unpackedBytes(file: FileHandle): Promise<InputBytes> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
  const isPacked = bytesRead === GZIP.length && buffer.equals(GZIP);
  return isPacked ? packedBytes(file) : plainBytes(file);
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Called with the number of bytes of the file that were read so far. */
type OnRead = (bytes: number) => void;

interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly onRead?: OnRead;
}

/** The contents of a file, which can be read again from any byte. */
export interface InputBytes {
  /** Reads what the file holds from a byte of it on. */
  from(start: number, options?: ReadOptions): AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 2 ** 18;

/** Returns the bytes of a file as they stand. */
export const plainBytes = (file: FileHandle): InputBytes => ({
  // A stream of the file would close it where its reader stops early.
  async *from(start, { signal, onRead } = {}) {
    for (let read = start; ;) {
      signal?.throwIfAborted();
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, read);
      if (bytesRead === 0) return;
      read += bytesRead;
      onRead?.(read);
      yield chunk.subarray(0, bytesRead);
    }
  },
});

/** Returns what a file holds that is packed with gzip; it is unpacked anew for each reading. */
const packedBytes = (file: FileHandle): InputBytes => ({
  async *from(start, options) {
    const gunzip = createGunzip();
    // What goes wrong in the file breaks the unpacked stream off, too, and is thrown there.
    pipeline(plainBytes(file).from(0, options), gunzip, () => undefined);
    let skipped = 0;
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      const wanted = chunk.subarray(Math.min(chunk.length, start - skipped));
      skipped = Math.min(start, skipped + chunk.length);
      if (wanted.length > 0) yield wanted;
    }
  },
});
