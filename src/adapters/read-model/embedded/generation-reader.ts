import { LOG_START } from '../../../ports/event-store.js';
import type { FoldSettings } from '../../../ports/projection.js';
import type { ParkedEvent } from '../../../ports/read-model/documents.js';
import type {
  DocumentReader,
  IndexedDocument,
  IndexPage,
} from '../../../ports/read-model/reader.js';
import { openForReading } from '../../sqlite/database.js';
import { columnOf, DOCUMENT, LOAD_QUERY, PARKED_QUERY, WAITING_COUNT } from './generation-file.js';
import { Statements } from './statements.js';

/** Reads the file of one generation; between `begin` and `end` all reads see one moment. */
export class GenerationReader implements DocumentReader {
  identity: string | undefined;
  checkpoint = LOG_START;
  parkedEvents = 0;
  /** Says whether nothing has failed yet: after a failure, not even `end` works. */
  isFit = true;
  private retired = 0;
  private readonly statements: Statements;

  /** Takes a function that turns a failure into an error for the caller. */
  constructor(
    readonly path: string,
    readonly settings: FoldSettings,
    private readonly explained: (error: unknown) => Error,
  ) {
    this.statements = new Statements(path, openForReading(path));
  }

  begin(identity: string | undefined): void {
    this.identity = identity;
    this.statements.connection.exec('BEGIN');
    const [checkpoint = LOG_START, parkedEvents = 0, before = 0] =
      this.statements.numbers(STATE_QUERY);
    [this.checkpoint, this.parkedEvents, this.retired] = [checkpoint, parkedEvents, before];
  }

  end(): void {
    this.statements.connection.exec('COMMIT');
  }

  close(): void {
    this.statements.connection.close();
  }

  parked(): Promise<readonly ParkedEvent[]> {
    return this.rows(PARKED_QUERY);
  }

  retiredBefore(): Promise<number> {
    return Promise.resolve(this.retired);
  }

  async get<Document extends object>(keys: readonly string[]): Promise<Map<string, Document>> {
    return new Map(await this.rows<[string, Document]>(LOAD_QUERY, JSON.stringify(keys)));
  }

  async range<Document extends object>(
    from: string,
    to: string,
    limit = ALL,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]> {
    const rows = await this.rows<[string, Document]>(
      `SELECT ${DOCUMENT} FROM documents WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`,
      ...[from, to, limit],
    );
    return rows.map(([key, body]) => ({ key, body }));
  }

  async page<Document extends object>({
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
    // With 17 digits a number comes back as it was.
    const rows = await this.rows<[[string, Document], number]>(
      `SELECT '[' || line || printf(',%!.17g]', value) AS line FROM (
         SELECT ${DOCUMENT}, ${column} AS value FROM documents INDEXED BY "${index}"
         WHERE ${conditions.join(' AND ')} ORDER BY ${column}, key LIMIT ?
       )`,
      ...[...parameters, limit],
    );
    return rows.map(([[key, body], value]) => ({ key, body, value }));
  }

  async count(index: string, from: number): Promise<number> {
    const sql = `SELECT count(*) FROM documents WHERE ${columnOf(index)} >= ?`;
    const [count = 0] = await this.read(() => this.statements.numbers(sql, from));
    return count;
  }

  private rows<Row>(...query: Parameters<Statements['rows']>): Promise<readonly Row[]> {
    return this.read(() => this.statements.rows<Row>(...query));
  }

  private read<Result>(work: () => Result): Promise<Result> {
    try {
      return Promise.resolve(work());
    } catch (error) {
      this.isFit = false;
      return Promise.reject(this.explained(error));
    }
  }
}

/** SQLite takes a negative limit for no limit. */
const ALL = -1;

const STATE_QUERY = `
  SELECT CAST(checkpoint AS INT), ${WAITING_COUNT}, CAST(retired_before AS REAL) FROM state`;
