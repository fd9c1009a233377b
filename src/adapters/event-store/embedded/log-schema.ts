import type { DatabaseOptions } from '../../sqlite/database.js';

/**
 * The log's file. `previous` is the position of the stream's event before, 0 for none: a stream is
 * read by walking back from its head, so that the log itself needs no second index.
 */
export const LOG_DATABASE: DatabaseOptions = {
  schemaVersion: 1,
  synchronous: 'FULL',
  schema: `
    CREATE TABLE streams(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INT NOT NULL, last INT NOT NULL
    );
    CREATE TABLE events(
      position INTEGER PRIMARY KEY, stream INT NOT NULL, revision INT NOT NULL,
      previous INT NOT NULL, recorded_at INT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
      version INT NOT NULL, data TEXT NOT NULL
    )`,
};
