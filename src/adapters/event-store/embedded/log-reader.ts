import { LOG_START, type LogPage, type StoredEvent } from '../../../ports/event-store.js';
import type { Connection } from '../../sqlite/database.js';
import { PREVIOUS, type EventBody } from './log-schema.js';

const EVENT_COLUMNS = 'position, name, body';

/** Reads the log's file. */
export class LogReader {
  private readonly page;
  private readonly one;
  private readonly stream;
  private readonly last;

  constructor(private readonly connection: Connection) {
    this.page = connection
      .prepare(
        `SELECT ${EVENT_COLUMNS} FROM events JOIN streams ON streams.id = events.stream
         WHERE position > ? ORDER BY position LIMIT ?`,
      )
      .raw();
    this.one = connection
      .prepare(
        `SELECT ${EVENT_COLUMNS} FROM events JOIN streams ON streams.id = events.stream
         WHERE position = ?`,
      )
      .raw();
    this.stream = connection
      .prepare(
        `WITH RECURSIVE chain(at) AS (
           SELECT last FROM streams WHERE name = ?
           UNION ALL
           SELECT ${PREVIOUS} FROM chain JOIN events ON position = at
             WHERE ${PREVIOUS} > ${String(LOG_START)}
         )
         SELECT ${EVENT_COLUMNS} FROM chain JOIN events ON position = at
           JOIN streams ON streams.id = events.stream
         ORDER BY position`,
      )
      .raw();
    this.last = connection.prepare('SELECT max(position) FROM events').raw();
  }

  readStream(stream: string): readonly StoredEvent[] {
    return this.stream.all(stream).map(toEvent);
  }

  readAll(after: number, limit: number): LogPage {
    const events = this.page.all(after, limit).map(toEvent);
    const scanned = events.at(-1)?.position ?? after;
    return { events, scanned, isEnd: events.length < limit };
  }

  readAt(position: number): StoredEvent | undefined {
    const row = this.one.get(position);
    return row && toEvent(row);
  }

  head(): number {
    return Number(this.last.get()?.[0] ?? LOG_START);
  }

  close(): void {
    this.connection.close();
  }
}

function toEvent(row: readonly unknown[]): StoredEvent {
  const [position, stream, body] = row as [number, string, string];
  const [revision, , recordedAt, id, type, version, data] = JSON.parse(body) as EventBody;
  return { position, stream, revision, recordedAt, id, type, version, data };
}
