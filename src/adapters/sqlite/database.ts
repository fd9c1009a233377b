import { existsSync } from 'node:fs';
import Database from 'libsql';
import { atFile, FileFault, NewerSchema } from './file-faults.js';

/** Opens a file for writing in WAL mode, makes its tables if it is new, and checks its schema. */
export function openForWriting(path: string, options: DatabaseOptions): SqliteConnection {
  return opened(path, (connection) => {
    const found = schemaVersionOf(connection, path);
    if (found > options.schemaVersion) throw new NewerSchema(path, found, options.schemaVersion);
    if (found === 0 && options.mustExist === true) throw new Error(`${path} holds no tables`);
    setUp(connection, options);
    if (found < options.schemaVersion) bringUpToDate(connection, path, options);
  });
}

export type SqliteConnection = Database.Database;

export interface DatabaseOptions {
  /** The statements that make an empty file's tables; they leave existing tables alone. */
  readonly schema: string;
  /** The version of the schema, kept in the file; a version above the code's is refused. */
  readonly schemaVersion: number;
  /** FULL: a commit outlives a crash of the machine; NORMAL: the last commits may be lost in it. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Says whether a missing or empty file is a failure. */
  readonly mustExist?: boolean;
  /** The statements that bring a file into this schema, by the older schema. */
  readonly upgrades?: Readonly<Record<number, string>>;
}

/** The time in milliseconds that a connection waits for another one's lock. */
const BUSY_TIMEOUT_MS = 5_000;
/** The page cache of a writing connection, in KiB. */
const CACHE_KIB = 32_768;

/**
 * Opens a file of an older schema for writing, to bring it to the present schema. Makes the new
 * tables beside the old ones, even after an earlier try that was cut off.
 */
export function openForUpgrade(path: string, options: DatabaseOptions): SqliteConnection {
  return opened(path, (connection) => {
    setUp(connection, options);
    connection.exec(`BEGIN; ${options.schema}; COMMIT`);
  });
}

function setUp(connection: SqliteConnection, { synchronous }: DatabaseOptions): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma(`synchronous = ${synchronous}`);
  connection.pragma(`cache_size = -${String(CACHE_KIB)}`);
}

/** Makes a new file with its tables, outside of WAL mode. */
export function createDatabase(path: string, options: DatabaseOptions): SqliteConnection {
  return opened(path, (connection) => {
    bringUpToDate(connection, path, options);
  });
}

/** Opens a file and prepares the connection; closes it if that fails. */
function opened(path: string, prepare: (connection: SqliteConnection) => void): SqliteConnection {
  return atFile(path, () => {
    const connection = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      prepare(connection);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

/** Makes the tables of a file, or brings it into the present schema, unless another thread did. */
function bringUpToDate(connection: SqliteConnection, path: string, options: DatabaseOptions): void {
  const { schema, schemaVersion, upgrades = {} } = options;
  inTransaction(connection, () => {
    const found = schemaVersionOf(connection, path);
    if (found === schemaVersion) return;
    const statements = found === 0 ? schema : upgrades[found];
    if (statements === undefined) throw new Error(`${path} is of an older schema`);
    connection.exec(`${statements}; PRAGMA user_version = ${String(schemaVersion)}`);
  });
}

/** Moves everything into the file itself, so that it can be copied alone. */
export function moveIntoFile(connection: SqliteConnection): void {
  connection.pragma('wal_checkpoint(TRUNCATE)');
}

/** Moves everything into the file itself, and closes the connection. */
export function closeForWriting(connection: SqliteConnection): void {
  try {
    moveIntoFile(connection);
  } finally {
    connection.close();
  }
}

/**
 * Says whether a file has tables; false if it is not there. Throws NewerSchema, or an error that
 * names the file, if it cannot be opened: before a thread of its own opens it.
 */
export function checkFile(path: string, schemaVersion: number): boolean {
  const found = schemaVersionIn(path);
  if (found > schemaVersion) throw new NewerSchema(path, found, schemaVersion);
  return found > 0;
}

/** Reads the schema version; 0 for a new file. */
function schemaVersionOf(connection: SqliteConnection, path: string): number {
  const version = Number(connection.prepare('PRAGMA user_version').raw().get()?.[0]);
  const tables = connection.prepare('SELECT count(*) FROM sqlite_schema').raw().get()?.[0];
  if (version === 0 && tables !== 0) {
    throw new FileFault(path, 'SQLITE_NOTADB', 'the file is a database of something else');
  }
  return version;
}

/** Reads the schema version of a file; 0 if it is not there, or has no tables. */
export function schemaVersionIn(path: string): number {
  if (!existsSync(path)) return 0;
  let version = 0;
  opened(path, (connection) => {
    version = schemaVersionOf(connection, path);
  }).close();
  return version;
}

/** Opens an existing file, for reading only. */
export function openForReading(path: string): SqliteConnection {
  return opened(path, (connection) => {
    connection.pragma('query_only = ON');
  });
}

/** Runs work in one transaction, and rolls back if it throws. */
export function inTransaction<Result>(connection: SqliteConnection, work: () => Result): Result {
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
