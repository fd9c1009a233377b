import type { DatabaseOptions } from '../../sqlite/database.js';

/**
 * The log's file. `blocks` holds up to a hundred consecutive events a row (event-block.ts): few
 * rows are written and read much faster than many. `heads` is an index of the ends of streams, made
 * from the events up to `indexed`; later ends are found by reading the log. `last` is the position
 * of the last event of a block or stream; positions have no gaps.
 */
export const LOG_DATABASE: DatabaseOptions = {
  schemaVersion: 2,
  synchronous: 'FULL',
  schema: `
    CREATE TABLE IF NOT EXISTS blocks(
      last INTEGER PRIMARY KEY, checksum INT NOT NULL, body TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS heads(
      name TEXT PRIMARY KEY, revision INT NOT NULL, last INT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS indexed(
      only INTEGER PRIMARY KEY CHECK (only = 1), position INT NOT NULL
    );
    INSERT OR IGNORE INTO indexed VALUES (1, 0)`,
};
