import { existsSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { WrongUsage } from './failure.js';
import type { FileLine } from './file-lines.js';

/** Lines hold user ids: nobody else may read them. */
const MODE = 0o600;
const COPY_BYTES = 2 ** 16;

/**
 * A file of the lines that were not taken, whole and as they stood. It appears once it is complete,
 * and only if there are any; nothing that is there already is overwritten.
 */
export class Rejects {
  private isEmpty = true;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** WrongUsage if there is such a file already, or there cannot be one. */
  static async open(path: string): Promise<Rejects> {
    if (existsSync(path)) {
      throw new WrongUsage(`there is a file ${path} already: name another one for the rejects`);
    }
    try {
      // What another run has left, which was ended at once.
      await rm(unfinished(path), { force: true });
      return new Rejects(path, await open(unfinished(path), 'wx', MODE));
    } catch (error) {
      throw new WrongUsage(`no file can be made at ${path}: ${(error as Error).message}`);
    }
  }

  /** Adds lines of a file. */
  async add(lines: readonly FileLine[], from: FileHandle): Promise<void> {
    let parts: Buffer[] = [];
    for (const { bytes, start, length } of lines) {
      this.isEmpty = false;
      if (bytes.length === length) parts.push(bytes, NEWLINE);
      else {
        await this.write(parts);
        await this.copy(from, start, length);
        parts = [NEWLINE];
      }
    }
    await this.write(parts);
  }

  /** The file is complete. */
  async finish(): Promise<void> {
    await this.file.close();
    if (this.isEmpty) await rm(unfinished(this.path));
    else await rename(unfinished(this.path), this.path);
  }

  /** Nothing is left of it: another run makes it. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(unfinished(this.path), { force: true });
  }

  /** A line that is too long to be held. */
  private async copy(from: FileHandle, start: number, length: number): Promise<void> {
    const buffer = Buffer.alloc(COPY_BYTES);
    for (let done = 0; done < length;) {
      const wanted = Math.min(COPY_BYTES, length - done);
      const { bytesRead } = await from.read(buffer, 0, wanted, start + done);
      // It was cut off since it was read, which is said at the end.
      if (bytesRead === 0) return;
      await this.write([buffer.subarray(0, bytesRead)]);
      done += bytesRead;
    }
  }

  private async write(parts: readonly Buffer[]): Promise<void> {
    if (parts.length > 0) await this.file.appendFile(Buffer.concat(parts));
  }
}

const NEWLINE = Buffer.from('\n');

const unfinished = (path: string): string => `${path}.unfinished`;
