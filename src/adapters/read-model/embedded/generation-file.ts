import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_START } from '../../../ports/event-store.js';
import { RETIRES_AT, type Totals } from '../../../ports/projection.js';
import type {
  DocumentWrite,
  Generation,
  GenerationStatus,
  GivenUp,
  GenerationSpec,
  GenerationWrite,
  ParkedEvent,
  StoredDocument,
} from '../../../ports/read-model-store.js';
import {
  closeForWriting,
  inTransaction,
  openForReading,
  openForWriting,
  type Connection,
} from '../../sqlite/database.js';
import { isDamaged } from '../../sqlite/file-faults.js';

const SCHEMA_VERSION = 2;
/** The file that says which generation of a projection does what. */
export const CONTROL_FILE = 'control.db';

/** How many parked events wait to be tried again. */
export const WAITING_COUNT = "(SELECT count(*) FROM parked WHERE body->>'skipped' IS NULL)";

export const PARKED_QUERY = 'SELECT body FROM parked ORDER BY position, key';

/**
 * Up to when documents have been removed. A file has this table once that was done for the first
 * time; a release that does not know it passes over it.
 */
const RETIRED_TABLE = 'CREATE TABLE IF NOT EXISTS retired(before REAL NOT NULL)';
export const HAS_RETIRED_QUERY = "SELECT 1 FROM sqlite_schema WHERE name = 'retired'";
export const RETIRED_QUERY = 'SELECT coalesce(max(before), 0) FROM retired';

export const toParked = (rows: readonly unknown[]): readonly ParkedEvent[] =>
  (rows as [string][]).map(([body]) => JSON.parse(body) as ParkedEvent);

/** The column of an index field. */
export const columnOf = (index: string): string => `"by_${index}"`;

/** An index holds only the documents that have a value in it. */
function schemaOf({ indexes, storeId }: GenerationSpec): string {
  const columns = indexes.map((index) => `, ${columnOf(index)} REAL`).join('');
  const declarations = indexes.map(
    (index) =>
      `CREATE INDEX "${index}" ON documents(${columnOf(index)}, key)
         WHERE ${columnOf(index)} IS NOT NULL`,
  );
  return [
    `CREATE TABLE documents(key TEXT PRIMARY KEY, body TEXT NOT NULL${columns}) WITHOUT ROWID`,
    ...declarations,
    `CREATE TABLE state(store_id TEXT NOT NULL, checkpoint INT NOT NULL, totals TEXT NOT NULL,
       retry INT NOT NULL)`,
    `INSERT INTO state VALUES ('${storeId.replaceAll("'", "''")}', ${String(LOG_START)}, '{}', 0)`,
    'CREATE TABLE parked(position INT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (position, key))',
  ].join(';');
}

/** Which log a file's documents were folded from, up to where, and what they add up to. */
export type GenerationState = Pick<Generation, 'storeId' | 'checkpoint' | 'totals'>;

function stateIn(connection: Connection): GenerationState {
  const row = connection.prepare('SELECT store_id, checkpoint, totals FROM state').raw().get();
  const [storeId, checkpoint, totals] = row as [string, number, string];
  return { storeId, checkpoint, totals: JSON.parse(totals) as Totals };
}

/** Reads the state out of a file, whatever indexes it was made with. */
export function readState(path: string): GenerationState {
  const connection = openForReading(path);
  try {
    return stateIn(connection);
  } finally {
    connection.close();
  }
}

/** The highest checkpoint of the files in a folder, of whatever generations; LOG_START for none. */
export function highestCheckpoint(folder: string): number {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.endsWith('.db') && name !== CONTROL_FILE);
  return Math.max(LOG_START, ...files.map((name) => checkpointIn(join(folder, name))));
}

/** A damaged file shows nothing. */
function checkpointIn(path: string): number {
  try {
    return readState(path).checkpoint;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    return LOG_START;
  }
}

/** Writes the file of one generation of a projection. Rows go in through one JSON parameter. */
export class GenerationFile {
  private readonly connection: Connection;
  private readonly select;
  private readonly put;
  private readonly remove;
  private readonly move;
  private readonly park;
  private readonly unpark;
  private readonly drop;

  constructor(
    path: string,
    private readonly spec: GenerationSpec,
    isNew: boolean,
  ) {
    const schema = schemaOf(spec);
    this.connection = openForWriting(path, {
      schema,
      schemaVersion: SCHEMA_VERSION,
      synchronous: 'NORMAL',
      mustExist: !isNew,
    });
    const columns = ['body', ...spec.indexes.map(columnOf)];
    const values = columns.map((_, i) => `value->>${String(i + 1)}`).join(', ');
    const updates = columns.map((column) => `${column} = excluded.${column}`).join(', ');
    this.select = this.connection
      .prepare('SELECT key, body FROM documents WHERE key IN (SELECT value FROM json_each(?))')
      .raw();
    this.put = this.connection.prepare(
      `INSERT INTO documents(key, ${columns.join(', ')})
       SELECT value->>0, ${values} FROM json_each(?) WHERE true
       ON CONFLICT (key) DO UPDATE SET ${updates}`,
    );
    this.remove = this.connection.prepare(
      'DELETE FROM documents WHERE key IN (SELECT value FROM json_each(?))',
    );
    this.move = this.connection.prepare(
      'UPDATE state SET checkpoint = ?, totals = ?, retry = retry AND ? WHERE checkpoint = ?',
    );
    this.park = this.connection.prepare(
      `INSERT OR REPLACE INTO parked
       SELECT value->>'position', value->>'key', value FROM json_each(?)`,
    );
    this.unpark = this.connection.prepare(
      `DELETE FROM parked WHERE (position, key) IN
         (SELECT value->>'position', value->>'key' FROM json_each(?))`,
    );
    this.drop = spec.indexes.includes(RETIRES_AT)
      ? this.connection.prepare(`DELETE FROM documents WHERE ${columnOf(RETIRES_AT)} < ?`)
      : undefined;
  }

  state(): GenerationState {
    return stateIn(this.connection);
  }

  /** Whether somebody wants the parked events to be tried again, and how many wait. */
  waiting(): Pick<GenerationStatus, 'isRetryWanted' | 'parkedEvents'> {
    const row = this.connection.prepare(`SELECT retry, ${WAITING_COUNT} FROM state`).raw().get();
    const [retry, parkedEvents] = row as [number, number];
    return { isRetryWanted: retry === 1, parkedEvents };
  }

  /** Notes that a retry is wanted; false if the event to be given up is not there. */
  wantRetry(giveUp: GivenUp | undefined): boolean {
    return inTransaction(this.connection, () => {
      if (giveUp !== undefined) {
        const { changes } = this.connection
          .prepare(
            `UPDATE parked SET body = json_set(body, '$.skipped', ?)
             WHERE position = ? AND key = ?`,
          )
          .run(giveUp.reason, giveUp.position, giveUp.key);
        if (changes === 0) return false;
      }
      this.connection.exec('UPDATE state SET retry = 1');
      return true;
    });
  }

  parked(): readonly ParkedEvent[] {
    return toParked(this.connection.prepare(PARKED_QUERY).raw().all());
  }

  load(keys: readonly string[]): readonly StoredDocument[] {
    const rows = this.select.all(JSON.stringify(keys)) as [string, string][];
    return rows.map(([key, body]) => ({ key, body: JSON.parse(body) as object }));
  }

  /** Writes documents and checkpoint in one transaction; false if it was not at `from`. */
  commit(from: number, write: GenerationWrite): boolean {
    const { puts, deletes, checkpoint, totals, parked, endsRetry = false } = write;
    const keepsRetry = endsRetry ? 0 : 1;
    return inTransaction(this.connection, () => {
      const values = [checkpoint, JSON.stringify(totals), keepsRetry, from];
      if (this.move.run(...values).changes === 0) return false;
      if (parked.deletes.length > 0) this.unpark.run(JSON.stringify(parked.deletes));
      if (parked.puts.length > 0) this.park.run(JSON.stringify(parked.puts));
      if (puts.length > 0) this.put.run(JSON.stringify(puts.map((put) => this.rowOf(put))));
      if (deletes.length > 0) this.remove.run(JSON.stringify(deletes));
      return true;
    });
  }

  retire(before: number): void {
    const { drop, connection } = this;
    if (drop === undefined) return;
    inTransaction(connection, () => {
      connection.exec(RETIRED_TABLE);
      const [last] = connection.prepare(RETIRED_QUERY).raw().get() as [number];
      connection.exec('DELETE FROM retired');
      connection.prepare('INSERT INTO retired VALUES (?)').run(Math.max(last, before));
      drop.run(before);
    });
  }

  close(): void {
    closeForWriting(this.connection);
  }

  private rowOf({ key, body, indexValues }: DocumentWrite): readonly unknown[] {
    const values = this.spec.indexes.map((index) => indexValues[index] ?? null);
    return [key, JSON.stringify(body), ...values];
  }
}
