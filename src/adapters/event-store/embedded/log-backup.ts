import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LOG_START } from '../../../ports/event-store.js';
import { checkFile, createDatabase, type SqliteConnection } from '../../sqlite/database.js';
import { EmbeddedLogReader } from './log-reader.js';
import { LOG_DATABASE } from './log-schema.js';
import { assertPresentForm } from './old-log.js';

/**
 * Copies a log, as it is at one moment, into a new file that is on disk when this resolves, and
 * checks every event of the copy. It holds up no append: it reads everything in one transaction,
 * which sees what was committed before it began.
 */
export async function backUpLog(options: LogBackupOptions): Promise<LogCopy> {
  const { from, to } = options;
  checkLogFile(from);
  assertPresentForm(from);
  if (existsSync(to)) throw new Error(`${to} is there already`);
  const connection = createDatabase(to, LOG_DATABASE);
  try {
    connection.prepare('ATTACH ? AS source').run(from);
    // A copy that is cut off is thrown away: nothing has to be undone in it.
    connection.pragma('main.journal_mode = OFF');
    connection.pragma('main.synchronous = OFF');
    connection.exec('BEGIN');
    const copy = await copyTables(connection, options);
    connection.exec('COMMIT');
    return copy;
  } finally {
    connection.close();
    await flush(to);
  }
}

/** Events, and streams, that are copied at once: so few that an interruption is soon noticed. */
const CHUNK_EVENTS = 20_000;

export interface LogBackupOptions {
  /** The file of a log, in use or not. */
  readonly from: string;
  /** The path of the copy, where no file may be yet. */
  readonly to: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Events of a log that cannot be read. */
export interface LogDamage {
  readonly events: number;
  /** The position of the first such event. */
  readonly first: number | undefined;
}

/** The contents of a log's copy; what is damaged in the copy is damaged in the log. */
export interface LogCopy {
  readonly events: number;
  readonly damage: LogDamage;
}

async function copyTables(
  connection: SqliteConnection,
  { onProgress, signal }: LogBackupOptions,
): Promise<LogCopy> {
  // This is the first read: the transaction does not see later commits.
  const last = connection.prepare('SELECT max(last) FROM source.blocks').raw().get()?.[0];
  const events = Number(last ?? LOG_START);
  const copyBlocks = connection.prepare(
    'INSERT INTO main.blocks SELECT * FROM source.blocks WHERE last > ? AND last <= ?',
  );
  connection.exec(
    `DELETE FROM main.indexed; INSERT INTO main.indexed SELECT * FROM source.indexed;
     INSERT INTO main.heads SELECT * FROM source.heads`,
  );
  const reader = new EmbeddedLogReader(connection);
  const damaged: number[] = [];
  for (let after = LOG_START, copied = LOG_START; after < events;) {
    await nextTurn();
    signal?.throwIfAborted();
    copyBlocks.run(copied, copied + CHUNK_EVENTS);
    copied += CHUNK_EVENTS;
    const page = reader.readAll(after, CHUNK_EVENTS);
    for (const { damage, position } of page.events) {
      if (damage !== undefined) damaged.push(position);
    }
    after = page.scanned;
    onProgress?.(after, events);
  }
  return { events, damage: { events: damaged.length, first: damaged[0] } };
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Says whether a file holds a log; false if it is not there, or empty. Throws NewerSchema, or an
 * error that names the file, for a file that this release does not know.
 */
export function checkLogFile(path: string): boolean {
  return checkFile(path, LOG_DATABASE.schemaVersion);
}
