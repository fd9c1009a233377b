import type { EventToAppend, StoredEvent } from '../../../ports/event-store.js';
import { openForReading, schemaVersionIn, type SqliteConnection } from '../../sqlite/database.js';
import { restOf } from './packed-appends.js';

/** Reads a log that 0.1.0 wrote. */
export class OldLog {
  private readonly connection: SqliteConnection;
  private readonly rows;

  constructor(path: string) {
    this.connection = openForReading(path);
    // A damaged text must not reach the driver as text: it would end the process.
    this.rows = this.connection
      .prepare(
        `SELECT position, CAST(name AS BLOB), CAST(body AS BLOB)
         FROM events LEFT JOIN streams ON streams.id = events.stream
         WHERE position > ? ORDER BY position LIMIT ?`,
      )
      .raw();
  }

  /** Returns the events after a position, one for each position up to that of the last. */
  read(after: number, limit: number): readonly (CopiedEvent | UnreadText)[] {
    const events: (CopiedEvent | UnreadText)[] = [];
    for (const row of this.rows.all(after, limit)) {
      const [position, name, body] = row as [number, Buffer | null, Buffer];
      if (position - after - events.length > GAP_MAX) throw tornOpen(position);
      while (after + events.length + 1 < position) events.push({ text: 'no event' });
      events.push(eventOf(name?.toString(), body.toString()));
    }
    return events;
  }

  /** Returns the first event of a stream, if there is one that can be read. */
  readStream(stream: string): Promise<readonly StoredEvent[]> {
    const row = this.connection
      .prepare(
        `SELECT position FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)
         ORDER BY position LIMIT 1`,
      )
      .raw()
      .get(stream);
    if (row === undefined) return Promise.resolve([]);
    const position = Number(row[0]);
    const [event] = this.read(position - 1, 1);
    if (event === undefined || !('stream' in event)) return Promise.resolve([]);
    const members = JSON.parse(`[${event.rest}]`) as [number, string, string, number, object];
    const [recordedAt, id, type, version, data] = members;
    const { revision } = event;
    return Promise.resolve([
      { position, stream, revision, recordedAt, id, type, version, data: { ...data } },
    ]);
  }

  head(): Promise<number> {
    const row = this.connection.prepare('SELECT max(position) FROM events').raw().get();
    return Promise.resolve(Number(row?.[0] ?? 0));
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }
}

/** The schema of 0.1.0: a row for each event, and no checksums. */
const OLD_SCHEMA_VERSION = 1;
export const DROP_OLD_TABLES = 'DROP TABLE events; DROP TABLE streams';

/** An event for the new log, and its text in the old one. */
export interface CopiedEvent extends UnreadText {
  readonly stream: string;
  readonly revision: number;
  /** The position of the stream's event before. */
  readonly previous: number;
  /** The rest of the line, as in an append. */
  readonly rest: string;
}
export interface UnreadText {
  readonly text: string;
}

/** The greatest gap that damaged events explain; at a longer one the log is torn. */
const GAP_MAX = 100_000;

const tornOpen = (position: number): Error =>
  new Error(`the log has no events before position ${String(position)}: restore a backup`);

/** Says whether a file holds a log that 0.1.0 wrote, which has to be brought up to date. */
export const isOldLog = (path: string): boolean => schemaVersionIn(path) === OLD_SCHEMA_VERSION;

/** Refuses a log that 0.1.0 wrote, where a log in the present form is needed. */
export function assertPresentForm(path: string): void {
  if (!isOldLog(path)) return;
  throw new Error(
    `${path} was written by 0.1.0: start the server on it, which brings it up to date. To back ` +
      'it up before that, stop its server and copy the folder, or use the backup of 0.1.0',
  );
}

/** Reads an old event body: `[revision, previous, recordedAt, id, type, version, data]`. */
function eventOf(stream: string | undefined, text: string): CopiedEvent | UnreadText {
  const members = parsed(text);
  if (stream === undefined || !Array.isArray(members)) return { text };
  const [revision, previous, recordedAt, id, type, version, data] = members as unknown[];
  const isWhole =
    Number.isSafeInteger(revision) &&
    Number.isSafeInteger(previous) &&
    Number.isFinite(recordedAt) &&
    typeof id === 'string' &&
    typeof type === 'string' &&
    Number.isSafeInteger(version) &&
    typeof data === 'object' &&
    data !== null;
  if (!isWhole) return { text };
  const rest = restOf({ recordedAt, id, type, version, data } as EventToAppend);
  return { stream, revision: revision as number, previous: previous as number, rest, text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
