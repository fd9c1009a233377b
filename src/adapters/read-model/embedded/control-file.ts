import { join } from 'node:path';
import type { ProjectionName } from '../../../ports/projection.js';
import type { RebuildOutcome } from '../../../ports/read-model-store.js';
import {
  checkFile,
  closeForWriting,
  inTransaction,
  openForWriting,
  type Connection,
} from '../../sqlite/database.js';
import { isDamaged } from '../../sqlite/file-faults.js';
import { CONTROL_FILE } from './generation-file.js';

/** The file that says which generation of a projection does what. */
export const controlPath = (folder: string): string => join(folder, CONTROL_FILE);

/** The file of one generation. */
export const generationPath = (folder: string, place: GenerationPlace): string =>
  join(folder, `${place.projection}.v${String(place.version)}.g${String(place.number)}.db`);

const CONTROL_SCHEMA_VERSION = 2;

/** Refuses a folder that a newer release wrote; a damaged file is made anew later. */
export function checkControlFile(folder: string): void {
  try {
    checkFile(controlPath(folder), CONTROL_SCHEMA_VERSION);
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
}

export interface Pointer {
  readonly version: number;
  readonly number: number;
}
export interface GenerationPlace extends Pointer {
  readonly projection: ProjectionName;
}

/**
 * `serving`: queries read it. `filling`: it is folded beside that one. `offered`: it has caught up
 * and is to be folded together with that one. `previous`: queries read it before.
 */
type GenerationRole = 'serving' | 'filling' | 'offered' | 'previous';

export interface GenerationRow extends GenerationPlace {
  readonly role: GenerationRole;
  /** When it began to fill, or when it was replaced; epoch milliseconds. */
  readonly since: number;
  /** How far it said that it was; of those that fill. */
  readonly scanned: number;
}

export const POINTER_QUERY = `SELECT version, number FROM generations
  WHERE projection = ? AND role = 'serving'`;

/** Writes which generation of each projection does what. */
export class ControlFile {
  private readonly connection: Connection;

  constructor(folder: string) {
    this.connection = openForWriting(controlPath(folder), {
      schemaVersion: CONTROL_SCHEMA_VERSION,
      synchronous: 'FULL',
      schema: `
        CREATE TABLE generations(
          projection TEXT, version INT NOT NULL, number INT, role TEXT NOT NULL,
          since INT NOT NULL, scanned INT NOT NULL, PRIMARY KEY (projection, number)
        );
        CREATE UNIQUE INDEX one_serves ON generations(projection) WHERE role = 'serving';
        CREATE TABLE numbers(projection TEXT PRIMARY KEY, last INT NOT NULL);
        CREATE TABLE outcomes(projection TEXT PRIMARY KEY, body TEXT NOT NULL)`,
    });
    this.connection.prepare('SELECT count(*) FROM generations').get();
  }

  /** Runs several changes as one. */
  atOnce<Result>(work: () => Result): Result {
    return inTransaction(this.connection, work);
  }

  pointerOf(projection: ProjectionName): Pointer | undefined {
    return toPointer(this.connection.prepare(POINTER_QUERY).raw().get(projection));
  }

  /** The generations of a projection, of all versions, the latest first. */
  generationsOf(projection: ProjectionName): readonly GenerationRow[] {
    const rows = this.connection
      .prepare(
        `SELECT version, number, role, since, scanned FROM generations
         WHERE projection = ? ORDER BY number DESC`,
      )
      .raw()
      .all(projection) as [number, number, GenerationRole, number, number][];
    return rows.map(([version, number, role, since, scanned]) => {
      return { projection, version, number, role, since, scanned };
    });
  }

  /** A number that no generation of the projection has had: files are known by it. */
  nextNumber(projection: ProjectionName): number {
    const row = this.connection
      .prepare(
        `INSERT INTO numbers VALUES (?, 1)
         ON CONFLICT (projection) DO UPDATE SET last = last + 1 RETURNING last`,
      )
      .raw()
      .get(projection);
    return Number(row?.[0]);
  }

  save({ projection, version, number, role, since, scanned }: GenerationRow): void {
    this.connection
      .prepare('INSERT OR REPLACE INTO generations VALUES (?, ?, ?, ?, ?, ?)')
      .run(projection, version, number, role, since, scanned);
  }

  remove({ projection, number }: GenerationPlace): void {
    this.connection
      .prepare('DELETE FROM generations WHERE projection = ? AND number = ?')
      .run(projection, number);
  }

  outcomeOf(projection: ProjectionName): RebuildOutcome | undefined {
    const row = this.connection
      .prepare('SELECT body FROM outcomes WHERE projection = ?')
      .raw()
      .get(projection) as [string] | undefined;
    return row === undefined ? undefined : (JSON.parse(row[0]) as RebuildOutcome);
  }

  saveOutcome(projection: ProjectionName, outcome: RebuildOutcome): void {
    this.connection
      .prepare('INSERT OR REPLACE INTO outcomes VALUES (?, ?)')
      .run(projection, JSON.stringify(outcome));
  }

  close(): void {
    closeForWriting(this.connection);
  }
}

export function toPointer(row: readonly unknown[] | undefined): Pointer | undefined {
  if (row === undefined) return undefined;
  const [version, number] = row as [number, number];
  return { version, number };
}
