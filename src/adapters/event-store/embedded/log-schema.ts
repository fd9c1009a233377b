import type { StoredData } from '../../../domain/event-codec.js';
import type { DatabaseOptions } from '../../sqlite/database.js';

/**
 * The log's file. An event's body is one JSON array (fewer columns, much faster both ways):
 * `[revision, previous, recordedAt, id, type, version, data]`. `previous` is the position of the
 * stream's event before, 0 for none: a stream is read by walking back from its head, so that the
 * log itself needs no second index.
 */
export const LOG_DATABASE: DatabaseOptions = {
  schemaVersion: 1,
  synchronous: 'FULL',
  schema: `
    CREATE TABLE streams(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INT NOT NULL, last INT NOT NULL
    );
    CREATE TABLE events(
      position INTEGER PRIMARY KEY, stream INT NOT NULL, body TEXT NOT NULL
    )`,
};

/** The members of an event's body. */
export type EventBody = readonly [
  revision: number,
  previous: number,
  recordedAt: number,
  id: string,
  type: string,
  version: number,
  data: StoredData,
];

/** Where `previous` stands in a body, for SQL. */
export const PREVIOUS = 'body->>1';
