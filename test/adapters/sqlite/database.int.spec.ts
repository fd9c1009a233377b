import { join } from 'node:path';
import {
  inTransaction,
  openForReading,
  openForWriting,
  type SqliteConnection,
} from '../../../src/adapters/sqlite/database.js';
import { NewerSchema } from '../../../src/adapters/sqlite/file-faults.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const OPTIONS = {
  schema: 'CREATE TABLE things(name TEXT)',
  schemaVersion: 3,
  synchronous: 'FULL',
} as const;

let folder: string;
let path: string;
const connections: SqliteConnection[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'things.db');
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  removeFolder(folder);
});

function track(connection: SqliteConnection): SqliteConnection {
  connections.push(connection);
  return connection;
}
const namesIn = (connection: SqliteConnection): unknown =>
  connection.prepare('SELECT name FROM things').raw().all();
const addName = (connection: SqliteConnection, name: string): void => {
  connection.prepare('INSERT INTO things VALUES (?)').run(name);
};

test('a new file gets its tables and its schema version; opening it again keeps both', () => {
  addName(track(openForWriting(path, OPTIONS)), 'kept');
  const again = track(openForWriting(path, OPTIONS));
  expect(namesIn(again)).toEqual([['kept']]);
  expect(again.prepare('PRAGMA user_version').raw().get()).toEqual([3]);
});

test('a commit waits for the disk where the file says so', () => {
  const durable = track(openForWriting(path, OPTIONS));
  expect(durable.prepare('PRAGMA synchronous').raw().get()).toEqual([2]);
  expect(durable.prepare('PRAGMA journal_mode').raw().get()).toEqual(['wal']);
  const other = join(folder, 'other.db');
  const relaxed = track(openForWriting(other, { ...OPTIONS, synchronous: 'NORMAL' }));
  expect(relaxed.prepare('PRAGMA synchronous').raw().get()).toEqual([1]);
});

test('a file of a newer schema is refused untouched, with what to do', () => {
  addName(track(openForWriting(path, { ...OPTIONS, schemaVersion: 4 })), 'of a newer release');
  expect(() => openForWriting(path, OPTIONS)).toThrow(NewerSchema);
  expect(() => openForWriting(path, OPTIONS)).toThrow(
    `${path} was written by a newer release (schema 4; this one knows 3): ` +
      'start that release, or choose another data folder',
  );
  const reader = track(openForReading(path));
  expect(namesIn(reader)).toEqual([['of a newer release']]);
  expect(reader.prepare('PRAGMA user_version').raw().get()).toEqual([4]);
});

test('a file of an older schema is brought into the present one, or left as it was', () => {
  addName(track(openForWriting(path, OPTIONS)), 'kept');
  const newer = (sql: string) => ({ ...OPTIONS, schemaVersion: 4, upgrades: { 3: sql } });
  const failing = newer('ALTER TABLE things ADD COLUMN size INT; DROP TABLE nothing');
  expect(() => openForWriting(path, failing)).toThrow(/nothing/);
  expect(() => openForWriting(path, { ...OPTIONS, schemaVersion: 4 })).toThrow(/older schema/);
  const before = track(openForWriting(path, OPTIONS));
  expect(before.prepare('SELECT * FROM things').raw().all()).toEqual([['kept']]);
  const better = newer('ALTER TABLE things ADD COLUMN size INT');
  const after = track(openForWriting(path, better));
  expect(after.prepare('SELECT * FROM things').raw().all()).toEqual([['kept', null]]);
  expect(after.prepare('PRAGMA user_version').raw().get()).toEqual([4]);
  track(openForWriting(path, better));
});

test('a connection for reading cannot write', () => {
  track(openForWriting(path, OPTIONS));
  const reader = track(openForReading(path));
  expect(() => {
    addName(reader, 'never');
  }).toThrow();
  expect(namesIn(reader)).toEqual([]);
});

test('a transaction that throws leaves nothing behind, and the next one works', () => {
  const connection = track(openForWriting(path, OPTIONS));
  const failing = (): void => {
    inTransaction(connection, () => {
      addName(connection, 'undone');
      throw new Error('half-way');
    });
  };
  expect(failing).toThrow('half-way');
  inTransaction(connection, () => {
    addName(connection, 'done');
  });
  expect(namesIn(track(openForReading(path)))).toEqual([['done']]);
});

test('a reader does not see a transaction before its end', () => {
  const connection = track(openForWriting(path, OPTIONS));
  const reader = track(openForReading(path));
  inTransaction(connection, () => {
    addName(connection, 'soon');
    expect(namesIn(reader)).toEqual([]);
  });
  expect(namesIn(reader)).toEqual([['soon']]);
});
