import Database from 'libsql';
import type { StoredEvent } from '../../src/ports/event-store.js';

/** The statements by which 0.1.0 made a log's file. */
const OLD_SCHEMA = `
  CREATE TABLE streams(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INT NOT NULL, last INT NOT NULL
  );
  CREATE TABLE events(
    position INTEGER PRIMARY KEY, stream INT NOT NULL, body TEXT NOT NULL
  );
  PRAGMA user_version = 1;`;

/** Writes a log as 0.1.0 did: a row for each event, and no checksums. */
export function writeOldLog(path: string, events: readonly StoredEvent[]): void {
  const connection = new Database(path);
  connection.pragma('journal_mode = WAL');
  connection.exec(OLD_SCHEMA);
  const streams = new Map<string, { id: number; revision: number; last: number }>();
  const insert = connection.prepare('INSERT INTO events VALUES (?, ?, ?)');
  connection.exec('BEGIN');
  for (const { stream, position, recordedAt, id, type, version, data } of events) {
    const before = streams.get(stream) ?? { id: streams.size + 1, revision: -1, last: 0 };
    const head = { id: before.id, revision: before.revision + 1, last: position };
    const body = [head.revision, before.last, recordedAt, id, type, version, data];
    insert.run(position, head.id, JSON.stringify(body));
    streams.set(stream, head);
  }
  const save = connection.prepare('INSERT INTO streams VALUES (?, ?, ?, ?)');
  for (const [name, { id, revision, last }] of streams) save.run(id, name, revision, last);
  connection.exec('COMMIT');
  connection.close();
}

/** Changes rows of a log of 0.1.0. */
export function changeOldLog(path: string, sql: string): void {
  const connection = new Database(path);
  connection.exec(sql);
  connection.close();
}
