import { statSync } from 'node:fs';
import { LOG_START } from '../../../ports/event-store.js';
import { RETIRES_AT } from '../../../ports/projection.js';
import type {
  DocumentWrite,
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../../../ports/read-model/documents.js';
import type {
  Generation,
  GenerationRecord,
  GenerationSpec,
} from '../../../ports/read-model/generation.js';
import {
  closeForWriting,
  moveIntoFile,
  openForReading,
  openForWriting,
  type DatabaseOptions,
} from '../../sqlite/database.js';
import { isDamaged } from '../../sqlite/file-faults.js';
import { ChangeList, CHANGES_SCHEMA, listsChanges } from './change-list.js';
import { Statements } from './statements.js';

/** Writes the file of one generation of a projection. Rows go in through one JSON parameter. */
export class GenerationFile {
  /** The inode, which tells another file in its place. */
  readonly inode: number;
  private readonly statements: Statements;
  private readonly indexes: readonly string[];
  private readonly put: string;
  private readonly putBody: string;
  private readonly changes: ChangeList | undefined;
  private isChanged = false;

  constructor(path: string) {
    this.inode = statSync(path).ino;
    this.statements = new Statements(path, openForWriting(path, DATABASE));
    this.indexes = this.statements.rows(
      `SELECT json_quote(substr(name, 4)) AS line FROM pragma_table_info('documents')
       WHERE name LIKE 'by\\_%' ESCAPE '\\'`,
    );
    if (listsChanges(this.indexes)) this.changes = new ChangeList(this.statements);
    const columns = ['body', ...this.indexes.map(columnOf)];
    const values = columns.map((_, i) => `value->>${String(i + 1)}`).join(', ');
    const updates = columns.map((column) => `${column} = excluded.${column}`).join(', ');
    const insert = `INSERT INTO documents(key, ${columns.join(', ')})
      SELECT value->>0, ${values} FROM json_each(?) WHERE true
      ON CONFLICT (key) DO UPDATE SET`;
    this.put = `${insert} ${updates}`;
    this.putBody = `${insert} body = excluded.body`;
  }

  state(): FileState {
    const state = this.statements.row<FileState>(STATE_QUERY);
    if (NUMBERS.some((name) => typeof state[name] !== 'number')) {
      throw new Error(`${this.statements.path} holds no numbers where they should be`);
    }
    return state;
  }

  /** Notes the writer's claim and its end; undefined leaves the end as it is. */
  mark({ identity, fence }: Pick<Generation, 'identity' | 'fence'>, until?: number): void {
    this.isChanged = true;
    this.statements.run(
      `UPDATE state SET identity = ?, fence = ?, claimed_until = coalesce(?, claimed_until)`,
      ...[identity ?? null, fence, until ?? null],
    );
  }

  /** Keeps the claim until a time; false if the claim is lost, or the checkpoint is another. */
  keep(generation: Generation, { until, scanned, orAt }: Keeping): boolean {
    const { checkpoint } = generation;
    const changes = this.statements.run(
      `UPDATE state SET claimed_until = ?, scanned = coalesce(?, scanned)
       WHERE ${IS_HELD} AND checkpoint IN (?, ?)`,
      ...[until, scanned ?? null, ...heldBy(generation), checkpoint, orAt ?? checkpoint],
    );
    return changes > 0;
  }

  /** Writes documents and checkpoint in one transaction; false if the file is not as believed. */
  commit(generation: Generation, write: GenerationWrite, until: number): boolean {
    const { puts, deletes, parked } = write;
    const { statements } = this;
    return statements.atOnce(() => {
      if (!this.move(generation, write, until)) return false;
      const changes = [
        [UNPARK, parked.deletes],
        [PARK, parked.puts],
        [this.put, this.rowsOf(puts.filter(({ keepsIndexValues }) => !keepsIndexValues))],
        [this.putBody, this.rowsOf(puts.filter(({ keepsIndexValues }) => keepsIndexValues))],
        [REMOVE, deletes],
      ] as const;
      for (const [sql, rows] of changes) {
        if (rows.length > 0) statements.run(sql, JSON.stringify(rows));
      }
      this.changes?.note(write);
      return true;
    });
  }

  /** Loads documents; undefined if the generation is not as its owner believes. */
  load(generation: Generation, keys: readonly string[]): readonly StoredDocument[] | undefined {
    const [isAsBelieved, ...rows] = this.statements.rows<1 | 0 | [string, object]>(
      LOAD_IF_HELD,
      ...[...heldBy(generation), generation.checkpoint, JSON.stringify(keys)],
    );
    if (isAsBelieved !== 1) return undefined;
    return (rows as [string, object][]).map(([key, body]) => ({ key, body }));
  }

  parked(): readonly ParkedEvent[] {
    return this.statements.rows(PARKED_QUERY);
  }

  /** Notes that a retry is wanted; false if the event to be given up is not there. */
  wantRetry(giveUp: GivenUp | undefined): boolean {
    const { statements } = this;
    return statements.atOnce(() => {
      const isThere =
        giveUp === undefined ||
        statements.run(SKIP, giveUp.reason, giveUp.position, giveUp.key) > 0;
      if (isThere) statements.run('UPDATE state SET retry = 1, retries = retries + 1');
      return isThere;
    });
  }

  retire(before: number): void {
    const { indexes, statements } = this;
    if (!indexes.includes(RETIRES_AT)) return;
    statements.atOnce(() => {
      statements.run('UPDATE state SET retired_before = max(retired_before, ?)', before);
      statements.run(`DELETE FROM documents WHERE ${columnOf(RETIRES_AT)} < ?`, before);
      this.changes?.noteAnything();
    });
  }

  /** Moves the WAL into the file itself. A writer that changed nothing leaves it to others. */
  tidyUp(): void {
    if (this.isChanged) moveIntoFile(this.statements.connection);
  }

  close(): void {
    this.statements.connection.close();
  }

  private move(generation: Generation, write: GenerationWrite, until: number): boolean {
    const { checkpoint, checkpointId = null, totals, progress, endsRetry = null } = write;
    const changes = this.statements.run(
      `UPDATE state SET checkpoint = ?, checkpoint_id = ?, totals = ?, scanned = ?,
         claimed_until = ?, retry = retry AND ? IS NULL
       WHERE ${IS_HELD} AND checkpoint = ? AND retries = coalesce(?, retries)`,
      ...[checkpoint, checkpointId, JSON.stringify(totals), progress.scanned, until, endsRetry],
      ...[...heldBy(generation), generation.checkpoint, endsRetry],
    );
    return changes > 0;
  }

  private rowsOf(puts: readonly DocumentWrite[]): readonly (readonly unknown[])[] {
    return puts.map(({ key, body, indexValues }) => {
      const values = this.indexes.map((index) => indexValues[index] ?? null);
      return [key, JSON.stringify(body), ...values];
    });
  }
}

/** Returns the column of an index field. */
export const columnOf = (index: string): string => `"by_${index}"`;

/** Makes the schema. An index holds only the documents that have a value in it. */
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
    ...(listsChanges(indexes) ? [CHANGES_SCHEMA] : []),
    `CREATE TABLE state(store_id TEXT NOT NULL, checkpoint INT NOT NULL, totals TEXT NOT NULL,
       retry INT NOT NULL)`,
    `INSERT INTO state VALUES ('${storeId.replaceAll("'", "''")}', ${String(LOG_START)}, '{}', 0)`,
    'CREATE TABLE parked(position INT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (position, key))',
    FROM_SCHEMA_2,
    'UPDATE state SET file_id = lower(hex(randomblob(16)))',
  ].join(';');
}

/** Schema 2 had no claims; a table of its own held the time before which documents were removed. */
const FROM_SCHEMA_2 = `
  ALTER TABLE state ADD COLUMN checkpoint_id TEXT;
  ALTER TABLE state ADD COLUMN file_id TEXT;
  ALTER TABLE state ADD COLUMN identity TEXT;
  ALTER TABLE state ADD COLUMN fence INT NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN claimed_until INT NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN scanned INT NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN retries INT NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN retired_before REAL NOT NULL DEFAULT 0;
  CREATE TABLE IF NOT EXISTS retired(before REAL NOT NULL);
  UPDATE state SET retired_before = (SELECT coalesce(max(before), 0) FROM retired);
  DROP TABLE retired`;

const DATABASE: DatabaseOptions = {
  schema: '',
  schemaVersion: 3,
  synchronous: 'NORMAL',
  mustExist: true,
  upgrades: { 2: FROM_SCHEMA_2 },
};

/** The state that a file holds of its generation. */
export interface FileState
  extends
    Pick<Generation, 'storeId' | 'checkpoint' | 'totals'>,
    Pick<GenerationRecord, 'parkedEvents' | 'retriesWanted' | 'scanned'> {
  readonly checkpointId?: string;
  /** The id that tells another file in its place; absent in files of older releases. */
  readonly fileId?: string;
  readonly fence: number;
  /** The time at which the claim ends, if anybody has it; epoch milliseconds. */
  readonly claimedUntil: number;
  readonly isRetryWanted: 0 | 1;
}

interface Keeping {
  readonly until: number;
  readonly scanned?: number;
  /** The checkpoint of a commit that is under way beside this. */
  readonly orAt?: number | undefined;
}

/** Counts the parked events that wait to be tried again. */
export const WAITING_COUNT = "(SELECT count(*) FROM parked WHERE body->>'skipped' IS NULL)";
export const PARKED_QUERY = 'SELECT body AS line FROM parked ORDER BY position, key';
/** The line of a document: its key and its body. */
export const DOCUMENT = "'[' || json_quote(key) || ',' || coalesce(body, '') || ']' AS line";
export const LOAD_QUERY = `SELECT ${DOCUMENT} FROM documents
  WHERE key IN (SELECT value FROM json_each(?))`;

const STATE_QUERY = `
  SELECT json_patch('{}', json_object('storeId', store_id, 'checkpoint', checkpoint,
    'checkpointId', checkpoint_id, 'totals', json(totals), 'fileId', file_id, 'fence', fence,
    'claimedUntil', claimed_until, 'scanned', scanned, 'isRetryWanted', retry,
    'retriesWanted', retries, 'parkedEvents', ${WAITING_COUNT})) AS line
  FROM state`;

const NUMBERS = [
  ...(['checkpoint', 'scanned', 'fence', 'claimedUntil'] as const),
  ...(['isRetryWanted', 'retriesWanted'] as const),
];

/** The condition that a writer's belief to have the claim is right. */
const IS_HELD = 'identity IS ? AND fence = ?';
const heldBy = ({ identity, fence }: Generation) => [identity ?? null, fence] as const;
/** Says whether the claim is held, then lists documents: a statement sees one state of the file. */
const LOAD_IF_HELD = `
  SELECT EXISTS (SELECT 1 FROM state WHERE ${IS_HELD} AND checkpoint = ?) AS line
  UNION ALL ${LOAD_QUERY}`;

/** Reads the checkpoint of a file of any release; LOG_START if the file is damaged. */
export function checkpointIn(path: string): number {
  try {
    const connection = openForReading(path);
    try {
      return new Statements(path, connection).row('SELECT checkpoint AS line FROM state');
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!isDamaged(error)) throw error;
    return LOG_START;
  }
}

/** Makes the file of a new generation. */
export function makeGenerationFile(path: string, spec: GenerationSpec): void {
  const options = { ...DATABASE, schema: schemaOf(spec), mustExist: false };
  closeForWriting(openForWriting(path, options));
}

const REMOVE = 'DELETE FROM documents WHERE key IN (SELECT value FROM json_each(?))';
const PARK = `INSERT OR REPLACE INTO parked
  SELECT value->>'position', value->>'key', value FROM json_each(?)`;
const UNPARK = `DELETE FROM parked WHERE (position, key) IN
  (SELECT value->>'position', value->>'key' FROM json_each(?))`;
const SKIP = `UPDATE parked SET body = json_set(body, '$.skipped', ?)
  WHERE position = ? AND key = ?`;
