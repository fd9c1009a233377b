import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'libsql';
import { checkFile, createDatabase, type Connection } from '../../sqlite/database.js';
import { LOG_DATABASE } from './log-schema.js';

/** Rows copied at once: small enough that an interruption is soon noticed. */
const CHUNK_ROWS = 20_000;

export interface LogBackupOptions {
  /** The file of a log, in use or not. */
  readonly from: string;
  /** A file that is not there yet. */
  readonly to: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Copies a log, as it is at one moment, into a new file that is on disk when this resolves; its
 * number of events. Whoever appends meanwhile is not held up: everything is read in one
 * transaction, which sees what was committed before it began.
 */
export async function backUpLog(options: LogBackupOptions): Promise<number> {
  const { from, to } = options;
  checkLogFile(from);
  if (existsSync(to)) throw new Error(`${to} is there already`);
  const connection = createDatabase(to, LOG_DATABASE);
  try {
    connection.prepare('ATTACH ? AS source').run(from);
    // A file that is cut off is thrown away: nothing has to be undone in it.
    connection.pragma('main.journal_mode = OFF');
    connection.pragma('main.synchronous = OFF');
    connection.exec('BEGIN');
    const events = await copyTables(connection, options);
    connection.exec('COMMIT');
    return events;
  } finally {
    connection.close();
    await flush(to);
  }
}

async function copyTables(
  connection: Connection,
  { onProgress, signal }: LogBackupOptions,
): Promise<number> {
  // The first read: what is committed later is not seen.
  const total = lastOf(connection, 'source.events', 'position');
  const streams = lastOf(connection, 'source.streams', 'id');
  for (const [table, key, last] of [
    ['streams', 'id', streams],
    ['events', 'position', total],
  ] as const) {
    const copy = connection.prepare(
      `INSERT INTO main.${table} SELECT * FROM source.${table} WHERE ${key} > ? AND ${key} <= ?`,
    );
    for (let after = 0; after < last; after += CHUNK_ROWS) {
      await nextTurn();
      signal?.throwIfAborted();
      copy.run(after, after + CHUNK_ROWS);
      if (table === 'events') onProgress?.(Math.min(after + CHUNK_ROWS, total), total);
    }
  }
  return total;
}

const lastOf = (connection: Connection, table: string, key: string): number =>
  Number(connection.prepare(`SELECT max(${key}) FROM ${table}`).raw().get()?.[0] ?? 0);

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Whether a file holds a log; false if it is not there, or empty. NewerSchema, or an error that
 * names it, for one that this release does not know.
 */
export function checkLogFile(path: string): boolean {
  return checkFile(path, LOG_DATABASE.schemaVersion);
}

/** Whether a file holds a log that this release can open, of so many events; else an error. */
export function checkLog(path: string, events: number): void {
  checkLogFile(path);
  const connection = new Database(path);
  try {
    const [found, last] = connection
      .prepare('SELECT count(*), max(position) FROM events')
      .raw()
      .get() ?? [0, 0];
    if (Number(found) !== events || Number(last ?? 0) !== events) {
      throw new Error(`${path} holds ${String(found)} events, not ${String(events)}`);
    }
  } finally {
    connection.close();
  }
}
