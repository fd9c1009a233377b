import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FoldSettings, ProjectionName } from '../../../ports/projection.js';
import type { GenerationPlace, GenerationState } from '../../../ports/read-model/generation.js';
import type { EndedRebuild } from '../../../ports/read-model/records.js';
import {
  checkFile,
  closeForWriting,
  openForWriting,
  schemaVersionIn,
  type DatabaseOptions,
} from '../../sqlite/database.js';
import { codeOf, isDamaged } from '../../sqlite/file-faults.js';
import { Statements } from './statements.js';

/** Reads and writes the records of generations. */
export class ControlFile {
  private readonly statements: Statements;

  /** Reads the whole file, which throws where it is damaged. */
  constructor(folder: string) {
    const path = controlPath(folder);
    const connection = openForWriting(path, DATABASE);
    this.statements = new Statements(path, connection);
    try {
      for (const query of [ROWS_QUERY, ENDED_QUERY, NUMBERS_QUERY]) this.statements.rows(query);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Makes several changes as one; false, and no change, if two would serve or two would build. */
  atOnce(work: () => boolean): boolean {
    try {
      return this.statements.atOnce(work);
    } catch (error) {
      if (codeOf(error) === 'SQLITE_CONSTRAINT_UNIQUE') return false;
      throw error;
    }
  }

  rowsOf(projections: readonly ProjectionName[]): readonly ControlRow[] {
    return this.statements.rows(`${ROWS_QUERY} WHERE ${IS_WANTED}`, JSON.stringify(projections));
  }

  find(place: GenerationPlace): ControlRow | undefined {
    const query = `${ROWS_QUERY} WHERE ${IS_PLACE}`;
    return this.statements.rows<ControlRow>(query, ...valuesOf(place))[0];
  }

  save(row: ControlRow): void {
    this.statements.run(
      `INSERT INTO records VALUES (?, ?, ?, ?)
       ON CONFLICT (projection, version, number) DO UPDATE SET body = excluded.body`,
      ...[...valuesOf(row), JSON.stringify(row)],
    );
  }

  remove(place: GenerationPlace): void {
    this.statements.run(`DELETE FROM records WHERE ${IS_PLACE}`, ...valuesOf(place));
  }

  /** Notes the fault of a generation's file. */
  blame(place: GenerationPlace, fault: string): void {
    const sql = `UPDATE records SET body = json_set(body, '$.fault', ?) WHERE ${IS_PLACE}`;
    this.statements.run(sql, fault, ...valuesOf(place));
  }

  free(): void {
    this.statements.run("UPDATE records SET body = json_remove(body, '$.owner')");
  }

  /** Draws a number that no generation of the projection has had: it is part of the file's name. */
  nextNumber(projection: ProjectionName): number {
    return this.statements.atOnce(() => {
      this.statements.run(
        `INSERT INTO numbers VALUES (?, 1)
         ON CONFLICT (projection) DO UPDATE SET last = last + 1`,
        projection,
      );
      return this.statements.row(`${NUMBERS_QUERY} WHERE projection = ?`, projection);
    });
  }

  endedOf(projections: readonly ProjectionName[]): readonly EndedRebuild[] {
    return this.statements.rows(`${ENDED_QUERY} WHERE ${IS_WANTED}`, JSON.stringify(projections));
  }

  end(ended: EndedRebuild): void {
    const sql = 'INSERT OR REPLACE INTO ended VALUES (?, ?, ?)';
    this.statements.run(sql, ended.projection, ended.version, JSON.stringify(ended));
  }

  close(): void {
    closeForWriting(this.statements.connection);
  }
}

/** The file that holds the records of all generations. */
export const CONTROL_FILE = 'control.db';

export const controlPath = (folder: string): string => join(folder, CONTROL_FILE);

/**
 * The tables. Unique indexes let one generation of a projection and version serve, and one be
 * building or ready.
 */
const SCHEMA = `
  CREATE TABLE records(
    projection TEXT, version INT, number INT, body TEXT NOT NULL, state AS (body->>'state'),
    PRIMARY KEY (projection, version, number)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX serving ON records(projection, version) WHERE state = 'serving';
  CREATE UNIQUE INDEX building ON records(projection, version)
    WHERE state IN ('building', 'ready');
  CREATE TABLE ended(
    projection TEXT, version INT, body TEXT NOT NULL, PRIMARY KEY (projection, version)
  );
  CREATE TABLE IF NOT EXISTS numbers(projection TEXT PRIMARY KEY, last INT NOT NULL)`;

/** Schema 2 had no claims, and the end of a rebuild stood for all versions. */
const FROM_SCHEMA_2 = `${SCHEMA};
  INSERT INTO records
    SELECT projection, version, number, json_object(
      'projection', projection, 'version', version, 'number', number, 'fence', 1,
      'state', CASE role WHEN 'filling' THEN 'building' WHEN 'offered' THEN 'ready'
        WHEN 'previous' THEN 'retired' ELSE role END,
      'since', iif(since > 0, since, unixepoch() * 1000))
    FROM generations;
  INSERT INTO ended
    SELECT projection, max(version), json_object(
      'projection', projection, 'version', max(version), 'outcome', json(body))
    FROM outcomes JOIN generations USING (projection) GROUP BY projection;
  DROP TABLE generations;
  DROP TABLE outcomes`;

const DATABASE: DatabaseOptions = {
  schema: SCHEMA,
  schemaVersion: 3,
  synchronous: 'FULL',
  upgrades: { 2: FROM_SCHEMA_2 },
};

/** Refuses a folder that a newer release wrote; a damaged file is made anew later. */
export function checkControlFile(folder: string): void {
  try {
    checkFile(controlPath(folder), DATABASE.schemaVersion);
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
}

/** Refuses a folder that an older release wrote: its owner has to bring it up to date. */
export function assertPresentControlFile(folder: string): void {
  const path = controlPath(folder);
  if (schemaVersionIn(path) === DATABASE.schemaVersion) return;
  throw new Error(
    `${path} was written by an older release: start the server on it, which brings it up to date`,
  );
}

/** Frees all claims: for a start, when no other process works in the folder. */
export function freeClaims(folder: string): void {
  if (!existsSync(controlPath(folder))) return;
  const control = openControlFile(folder);
  control.free();
  control.close();
}

/** The control file's part of a generation's record; the generation's own file holds the rest. */
export interface ControlRow extends GenerationPlace {
  readonly state: GenerationState;
  /** The time at which the generation came into its state, epoch milliseconds. */
  readonly since: number;
  readonly identity?: string | undefined;
  /** Absent if an older release made the generation. */
  readonly settings?: FoldSettings;
  readonly fence: number;
  /** The owner of the claim until the time in the generation's file. */
  readonly owner?: string | undefined;
  /** The id of the generation's file; absent if an older release made the file. */
  readonly fileId?: string | undefined;
  /** The fault that was found in the generation's file. */
  readonly fault?: string | undefined;
}

const ROWS_QUERY = 'SELECT body AS line FROM records';
const ENDED_QUERY = 'SELECT body AS line FROM ended';
const NUMBERS_QUERY = 'SELECT last AS line FROM numbers';
export const SERVING_QUERY = `SELECT body AS line FROM records
  WHERE projection = ? AND version = ? AND state = 'serving'`;

const IS_WANTED = 'projection IN (SELECT value FROM json_each(?))';
const IS_PLACE = 'projection = ? AND version = ? AND number = ?';
const valuesOf = ({ projection, version, number }: GenerationPlace) =>
  [projection, version, number] as const;

/** Opens the control file. A damaged one is made anew: its contents can be found out again. */
export function openControlFile(folder: string): ControlFile {
  try {
    return new ControlFile(folder);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    for (const name of readdirSync(folder)) {
      if (name.startsWith(CONTROL_FILE)) rmSync(join(folder, name));
    }
    return new ControlFile(folder);
  }
}
