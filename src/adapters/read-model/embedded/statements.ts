import { inTransaction, type SqliteConnection } from '../../sqlite/database.js';
import { atFile, FileFault } from '../../sqlite/file-faults.js';

/** The statements of a connection to a file, each prepared once. */
export class Statements {
  private readonly prepared = new Map<string, Statement>();

  constructor(
    readonly path: string,
    readonly connection: SqliteConnection,
  ) {}

  /**
   * Returns the rows of a query that gives each as a `line` of JSON. It reads bytes: a damaged text
   * must not reach the driver as text, which would end the process. All rows come at once, since
   * many small ones take longer.
   */
  rows<Row>(query: string, ...values: readonly Value[]): readonly Row[] {
    const all = `SELECT CAST(group_concat(line, ',') AS BLOB) FROM (${query})`;
    const [bytes] = this.get(all, values) as [Buffer | null];
    return bytes === null ? [] : (this.parsed(bytes) as readonly Row[]);
  }

  /** Returns the row of a table that must have one, from JSON as well. */
  row<Row>(query: string, ...values: readonly Value[]): Row {
    const [row] = this.rows<Row>(query, ...values);
    return row ?? this.fail('a row is missing');
  }

  /** Returns the first row of a query whose columns are all numbers; empty if there is none. */
  numbers(query: string, ...values: readonly Value[]): readonly (number | undefined)[] {
    return this.get(query, values) as number[];
  }

  /** Makes several changes in one transaction; makes none if the work throws. */
  atOnce<Result>(work: () => Result): Result {
    return atFile(this.path, () => inTransaction(this.connection, work));
  }

  /** Makes a change, and returns the number of changed rows. */
  run(sql: string, ...values: readonly Value[]): number {
    return atFile(this.path, () => this.statement(sql).run(...values).changes);
  }

  private get(query: string, values: readonly Value[]): readonly unknown[] {
    return atFile(
      this.path,
      () =>
        this.statement(query)
          .raw()
          .get(...values) ?? [],
    );
  }

  private statement(sql: string): Statement {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }

  private parsed(lines: Buffer): unknown {
    try {
      return JSON.parse(`[${text.decode(lines)}]`);
    } catch {
      return this.fail('what is stored cannot be read');
    }
  }

  private fail(reason: string): never {
    throw new FileFault(this.path, 'SQLITE_CORRUPT', reason);
  }
}

type Statement = ReturnType<SqliteConnection['prepare']>;
type Value = Parameters<Statement['get']>[number];

const text = new TextDecoder('utf-8', { fatal: true });
