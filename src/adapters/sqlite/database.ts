import { existsSync } from 'node:fs';
import Database from 'libsql';

export type Connection = Database.Database;

export interface DatabaseOptions {
  /** The statements that make an empty file's tables. */
  readonly schema: string;
  /** Kept in the file; one above what the code knows is refused. */
  readonly schemaVersion: number;
  /** FULL: a commit outlives a crash of the machine; NORMAL: the last ones may be lost to one. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Whether a file that is not there, or empty, is a failure. */
  readonly mustExist?: boolean;
}

/** Waits so long for another connection's lock before it gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;
/** The page cache of a writing connection, in KiB. */
const CACHE_KIB = 32_768;

/** A file that a newer release wrote; this one must not touch it. */
export class NewerSchema extends Error {
  constructor(path: string, found: number, known: number) {
    super(
      `${path} was written by a newer release (schema ${String(found)}; this one knows ` +
        `${String(known)}): start that release, or choose another data folder`,
    );
    this.name = 'NewerSchema';
  }
}

/** Opens a file for writing in WAL mode, makes its tables if it is new, and checks its schema. */
export function openForWriting(path: string, options: DatabaseOptions): Connection {
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const found = schemaVersionOf(connection);
    if (found > options.schemaVersion) throw new NewerSchema(path, found, options.schemaVersion);
    connection.pragma('journal_mode = WAL');
    connection.pragma(`synchronous = ${options.synchronous}`);
    connection.pragma(`cache_size = -${String(CACHE_KIB)}`);
    if (found > 0 && found < options.schemaVersion)
      throw new Error(`${path} is of an older schema`);
    if (found === 0 && options.mustExist === true) throw new Error(`${path} holds no tables`);
    if (found === 0) createTables(connection, options);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Makes a file with its tables that is not there yet, outside of WAL mode. */
export function createDatabase(path: string, options: DatabaseOptions): Connection {
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  createTables(connection, options);
  return connection;
}

function createTables(connection: Connection, { schema, schemaVersion }: DatabaseOptions): void {
  connection.exec(`BEGIN; ${schema}; PRAGMA user_version = ${String(schemaVersion)}; COMMIT`);
}

/** Moves everything into the file itself, so that it can be copied alone, and closes it. */
export function closeForWriting(connection: Connection): void {
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
}

/**
 * Whether a file can be opened, before a thread of its own does: NewerSchema, or an error that
 * names the file. One that is not there yet can.
 */
export function checkFile(path: string, schemaVersion: number): void {
  if (!existsSync(path)) return;
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const found = schemaVersionOf(connection);
    if (found > schemaVersion) throw new NewerSchema(path, found, schemaVersion);
  } catch (error) {
    if (error instanceof NewerSchema) throw error;
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    connection.close();
  }
}

const schemaVersionOf = (connection: Connection): number =>
  Number(connection.prepare('PRAGMA user_version').raw().get()?.[0]);

/** Opens a file that is there already, for reading only. */
export function openForReading(path: string): Connection {
  const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  connection.pragma('query_only = ON');
  return connection;
}

/** Runs work in one transaction that is rolled back if it throws. */
export function inTransaction<Result>(connection: Connection, work: () => Result): Result {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

/** Runs work whose failure another thread is to read: the driver's errors lose all on the way. */
export function crossingThreads<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof NewerSchema) throw error;
    throw new Error(error instanceof Error ? error.message : String(error));
  }
}
