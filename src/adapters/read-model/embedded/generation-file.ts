import { LOG_START } from '../../../ports/event-store.js';
import { RETIRES_AT } from '../../../ports/projection.js';
import type {
  DocumentWrite,
  Generation,
  GenerationSpec,
  GenerationWrite,
  StoredDocument,
} from '../../../ports/read-model-store.js';
import {
  closeForWriting,
  inTransaction,
  openForWriting,
  type Connection,
} from '../../sqlite/database.js';

const SCHEMA_VERSION = 1;

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
    'CREATE TABLE state(store_id TEXT NOT NULL, checkpoint INT NOT NULL)',
    `INSERT INTO state VALUES ('${storeId.replaceAll("'", "''")}', ${String(LOG_START)})`,
  ].join(';');
}

/** Writes the file of one generation of a projection. Rows go in through one JSON parameter. */
export class GenerationFile {
  private readonly connection: Connection;
  private readonly select;
  private readonly put;
  private readonly remove;
  private readonly move;
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
    this.move = this.connection.prepare('UPDATE state SET checkpoint = ? WHERE checkpoint = ?');
    this.drop = spec.indexes.includes(RETIRES_AT)
      ? this.connection.prepare(`DELETE FROM documents WHERE ${columnOf(RETIRES_AT)} < ?`)
      : undefined;
  }

  /** Which log the documents were folded from, and up to where. */
  state(): Pick<Generation, 'storeId' | 'checkpoint'> {
    const row = this.connection.prepare('SELECT store_id, checkpoint FROM state').raw().get();
    const [storeId, checkpoint] = row as [string, number];
    return { storeId, checkpoint };
  }

  load(keys: readonly string[]): readonly StoredDocument[] {
    const rows = this.select.all(JSON.stringify(keys)) as [string, string][];
    return rows.map(([key, body]) => ({ key, body: JSON.parse(body) as object }));
  }

  /** Writes documents and checkpoint in one transaction; false if it was not at `from`. */
  commit(from: number, { puts, deletes, checkpoint }: GenerationWrite): boolean {
    return inTransaction(this.connection, () => {
      if (this.move.run(checkpoint, from).changes === 0) return false;
      if (puts.length > 0) this.put.run(JSON.stringify(puts.map((put) => this.rowOf(put))));
      if (deletes.length > 0) this.remove.run(JSON.stringify(deletes));
      return true;
    });
  }

  retire(before: number): void {
    this.drop?.run(before);
  }

  close(): void {
    closeForWriting(this.connection);
  }

  private rowOf({ key, body, indexValues }: DocumentWrite): readonly unknown[] {
    const values = this.spec.indexes.map((index) => indexValues[index] ?? null);
    return [key, JSON.stringify(body), ...values];
  }
}
