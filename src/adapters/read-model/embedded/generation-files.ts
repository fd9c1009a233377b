import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LOG_START } from '../../../ports/event-store.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type { GenerationPlace, GenerationSpec } from '../../../ports/read-model/generation.js';
import { isDamaged, messageOf } from '../../sqlite/file-faults.js';
import { CONTROL_FILE, type ControlRow } from './control-file.js';
import {
  checkpointIn,
  GenerationFile,
  makeGenerationFile,
  type FileState,
} from './generation-file.js';

/** The files of generations that one writer has open. */
export class GenerationFiles {
  private readonly files = new Map<string, GenerationFile>();

  constructor(private readonly folder: string) {}

  /** Makes an empty file, in place of any file there. */
  make(spec: GenerationSpec, place: GenerationPlace): void {
    this.drop(place);
    makeGenerationFile(this.pathOf(place), spec);
  }

  /** Reads the state of a generation's file. A damaged file has an empty state. */
  look(row: ControlRow): FileStatus {
    if (row.fault !== undefined) return { state: NOTHING, fault: row.fault };
    const path = this.pathOf(row);
    try {
      const state = this.opened(path).state();
      const isAnother = row.fileId !== undefined && row.fileId !== state.fileId;
      return { state, fault: isAnother ? 'its file is that of another one' : undefined };
    } catch (error) {
      if (!isDamaged(error)) throw error;
      this.shut(path);
      return { state: NOTHING, fault: `its file cannot be read: ${messageOf(error)}` };
    }
  }

  /** Returns the file of a generation; undefined if it cannot be opened. */
  find(place: GenerationPlace): GenerationFile | undefined {
    try {
      return this.opened(this.pathOf(place));
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return undefined;
    }
  }

  /** Removes the file of a generation, and SQLite's files beside it. */
  drop(place: GenerationPlace): void {
    const path = this.pathOf(place);
    this.shut(path);
    for (const end of ['-wal', '-shm', '']) rmSync(`${path}${end}`, { force: true });
  }

  /** Closes the files that are gone or replaced. */
  shutGone(): void {
    for (const [path, { inode }] of this.files) {
      if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) this.shut(path);
    }
  }

  /** Removes the projections' files that belong to no generation and are no longer new. */
  removeStrays(
    projections: readonly ProjectionName[],
    generations: () => readonly GenerationPlace[],
  ): void {
    // The names are listed first: a file that gets its record meanwhile is no stray.
    const names = readdirSync(this.folder);
    const kept = generations().map((place) => basename(this.pathOf(place)));
    for (const name of names) {
      const isOfThem = projections.some((projection) => name.startsWith(`${projection}.`));
      if (!isOfThem || kept.some((path) => name.startsWith(path))) continue;
      const path = join(this.folder, name);
      const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
      if (mtimeMs < Date.now() - STRAY_MS) rmSync(path, { force: true });
    }
  }

  close(): void {
    for (const [path, file] of this.files) {
      file.tidyUp();
      this.shut(path);
    }
  }

  private opened(path: string): GenerationFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    if (!existsSync(path)) throw new Error(`${path} is gone`);
    const file = new GenerationFile(path);
    this.files.set(path, file);
    return file;
  }

  private shut(path: string): void {
    this.files.get(path)?.close();
    this.files.delete(path);
  }

  private pathOf(place: GenerationPlace): string {
    return generationPath(this.folder, place);
  }
}

/** A younger file without a record may get one yet: another thread has just made it. */
const STRAY_MS = 60_000;

const NOTHING: FileState = {
  ...{ storeId: '', checkpoint: LOG_START, totals: {}, scanned: LOG_START },
  ...{ fence: 0, claimedUntil: 0, isRetryWanted: 0, retriesWanted: 0, parkedEvents: 0 },
};

/** Returns the path of the file of a generation. */
export const generationPath = (folder: string, place: GenerationPlace): string =>
  join(folder, `${place.projection}.v${String(place.version)}.g${String(place.number)}.db`);

/** Finds the highest checkpoint of a folder's generation files; LOG_START if there are none. */
export function highestCheckpoint(folder: string): number {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.endsWith('.db') && name !== CONTROL_FILE);
  return Math.max(LOG_START, ...files.map((name) => checkpointIn(join(folder, name))));
}

/** The state that a generation's file holds, and the file's fault. */
export interface FileStatus {
  readonly state: FileState;
  readonly fault: string | undefined;
}
