import { LOG_START } from '../../../ports/event-store.js';
import type {
  DocumentReader,
  IndexedDocument,
  IndexPage,
  ParkedEvent,
} from '../../../ports/read-model-store.js';
import { openForReading, type Connection } from '../../sqlite/database.js';
import {
  columnOf,
  HAS_RETIRED_QUERY,
  PARKED_QUERY,
  RETIRED_QUERY,
  toParked,
  WAITING_COUNT,
} from './generation-file.js';

/** To SQLite, a limit below zero is none. */
const ALL = -1;

type Statement = ReturnType<Connection['prepare']>;

/** Reads the file of one generation; between `begin` and `end` all of it as of one moment. */
export class GenerationReader implements DocumentReader {
  checkpoint = LOG_START;
  parkedEvents = 0;
  private readonly connection: Connection;
  private readonly statements = new Map<string, Statement>();

  constructor(readonly path: string) {
    this.connection = openForReading(path);
  }

  begin(): void {
    this.connection.exec('BEGIN');
    const row = this.prepared(`SELECT checkpoint, ${WAITING_COUNT} FROM state`).get();
    [this.checkpoint, this.parkedEvents] = row as [number, number];
  }

  end(): void {
    this.connection.exec('COMMIT');
  }

  close(): void {
    this.connection.close();
  }

  parked(): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(toParked(this.prepared(PARKED_QUERY).all()));
  }

  retiredBefore(): Promise<number> {
    if (this.prepared(HAS_RETIRED_QUERY).get() === undefined) return Promise.resolve(0);
    const [before] = this.prepared(RETIRED_QUERY).get() as [number];
    return Promise.resolve(before);
  }

  get<Document extends object>(keys: readonly string[]): Promise<Map<string, Document>> {
    const rows = this.prepared(
      'SELECT key, body FROM documents WHERE key IN (SELECT value FROM json_each(?))',
    ).all(JSON.stringify(keys)) as [string, string][];
    return Promise.resolve(new Map(rows.map(([key, body]) => [key, JSON.parse(body) as Document])));
  }

  range<Document extends object>(
    from: string,
    to: string,
    limit = ALL,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]> {
    const rows = this.prepared(
      'SELECT key, body FROM documents WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?',
    ).all(from, to, limit) as [string, string][];
    return Promise.resolve(
      rows.map(([key, body]) => ({ key, body: JSON.parse(body) as Document })),
    );
  }

  page<Document extends object>({
    index,
    limit,
    after,
    where,
  }: IndexPage): Promise<readonly IndexedDocument<Document>[]> {
    const column = columnOf(index);
    const conditions = [`${column} IS NOT NULL`];
    const parameters: (string | number)[] = [];
    if (after !== undefined) {
      conditions.push(`(${column}, key) > (?, ?)`);
      parameters.push(after.value, after.key);
    }
    if (where !== undefined) {
      conditions.push(`${columnOf(where.index)} >= ?`);
      parameters.push(where.from);
    }
    if (where?.before !== undefined) {
      conditions.push(`${columnOf(where.index)} < ?`);
      parameters.push(where.before);
    }
    const rows = this.prepared(
      `SELECT key, ${column}, body FROM documents INDEXED BY "${index}"
       WHERE ${conditions.join(' AND ')} ORDER BY ${column}, key LIMIT ?`,
    ).all(...parameters, limit) as [string, number, string][];
    return Promise.resolve(
      rows.map(([key, value, body]) => ({ key, value, body: JSON.parse(body) as Document })),
    );
  }

  count(index: string, from: number): Promise<number> {
    const row = this.prepared(`SELECT count(*) FROM documents WHERE ${columnOf(index)} >= ?`).get(
      from,
    );
    return Promise.resolve(Number(row?.[0]));
  }

  private prepared(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare(sql).raw();
    this.statements.set(sql, statement);
    return statement;
  }
}
