import { existsSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { WrongUsage } from './failure.js';
import type { FileLine } from './file-lines.js';
import type { InputBytes } from './input-bytes.js';

/**
 * A file of the rejected lines, each whole and unchanged. The file appears once it is complete, and
 * only if there are any. It overwrites nothing.
 */
export class Rejects {
  private isEmpty = true;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Opens the file; WrongUsage if it is there already, or cannot be made. */
  static async open(path: string): Promise<Rejects> {
    if (existsSync(path)) {
      throw new WrongUsage(`there is a file ${path} already: name another one for the rejects`);
    }
    try {
      // Another run, which was killed, may have left its unfinished file.
      await rm(unfinished(path), { force: true });
      return new Rejects(path, await open(unfinished(path), 'wx', MODE));
    } catch (error) {
      throw new WrongUsage(`no file can be made at ${path}: ${(error as Error).message}`);
    }
  }

  /** Adds lines of the imported file. */
  async add(lines: readonly FileLine[], from: InputBytes): Promise<void> {
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

  /** Completes the file: it gets its name, or is removed if it is empty. */
  async finish(): Promise<void> {
    await this.file.close();
    if (this.isEmpty) await rm(unfinished(this.path));
    else await rename(unfinished(this.path), this.path);
  }

  /** Removes the unfinished file: another run makes it. */
  async discard(): Promise<void> {
    await this.file.close();
    await rm(unfinished(this.path), { force: true });
  }

  /** Copies a line that is too long to be held in memory. */
  private async copy(from: InputBytes, start: number, length: number): Promise<void> {
    let left = length;
    // Where the imported file was cut off since the line was read, the import says so at its end.
    for await (const chunk of from.from(start)) {
      await this.write([chunk.subarray(0, left)]);
      left -= Math.min(left, chunk.length);
      if (left === 0) return;
    }
  }

  private async write(parts: readonly Buffer[]): Promise<void> {
    if (parts.length > 0) await this.file.appendFile(Buffer.concat(parts));
  }
}

/** Lines hold user ids: nobody else may read them. */
const MODE = 0o600;

const NEWLINE = Buffer.from('\n');

const unfinished = (path: string): string => `${path}.unfinished`;
