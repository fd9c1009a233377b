import { jest } from '@jest/globals';
import { join } from 'node:path';
import { LOG_DATABASE } from '../../../src/adapters/event-store/embedded/log-schema.js';
import { EmbeddedLogReader } from '../../../src/adapters/event-store/embedded/log-reader.js';
import { LogWriter } from '../../../src/adapters/event-store/embedded/log-writer.js';
import { openForWriting, type SqliteConnection } from '../../../src/adapters/sqlite/database.js';
import { NOON } from '../../support/playback.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

let folder: string;
let connection: SqliteConnection;
let writer: LogWriter;
beforeEach(() => {
  folder = temporaryFolder();
  connection = openForWriting(join(folder, 'events.db'), LOG_DATABASE);
  writer = new LogWriter(connection);
});
afterEach(() => {
  jest.restoreAllMocks();
  writer.close();
  removeFolder(folder);
});

const restOf = (id: string): string => JSON.stringify([NOON, id, 'heartbeat', 1, {}]).slice(1, -1);
const append = (stream: string, expectedRevision: number, ...ids: readonly string[]) =>
  writer.append([{ stream, expectedRevision, events: ids.map(restOf) }]);

test('a writer that failed, and could not read the file either, reads it before it goes on', () => {
  append('s', -1, 'a', 'b');
  const exec = connection.exec.bind(connection);
  jest.spyOn(connection, 'exec').mockImplementation((sql) => {
    if (sql === 'COMMIT') throw new Error('no commit');
    exec(sql);
  });
  const head = jest.spyOn(EmbeddedLogReader.prototype, 'head').mockImplementation(() => {
    throw new Error('no reading');
  });
  for (const why of ['no commit', 'no reading']) expect(() => append('t', -1, 'c')).toThrow(why);
  jest.restoreAllMocks();
  expect(head).toHaveBeenCalled();
  expect(append('s', -1, 'd')).toEqual([{ kind: 'conflict' }]);
  expect(append('t', -1, 'e')).toEqual([{ kind: 'appended', position: 3, revision: 0 }]);
  expect(append('s', 1, 'f')).toEqual([{ kind: 'appended', position: 4, revision: 2 }]);
});

test('a repetition is known by its ids, and a guess that is wrong costs no reading', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `e-${String(i)}`);
  append('s', -1, ...ids);
  expect(append('s', -1, ...ids)).toEqual([{ kind: 'appended', position: 300, revision: 299 }]);
  expect(append('s', 249, ...ids.slice(250))).toMatchObject([{ kind: 'appended' }]);
  expect(append('s', 199, ...ids.slice(200, 210))).toEqual([
    { kind: 'appended', position: 210, revision: 209 },
  ]);
  const walk = jest.spyOn(EmbeddedLogReader.prototype, 'walk');
  expect(append('s', -1, 'another')).toEqual([{ kind: 'conflict' }]);
  expect(append('s', 400, 'another')).toEqual([{ kind: 'conflict' }]);
  expect(walk).not.toHaveBeenCalled();
});

test('columns of another type, as a damaged byte makes them, end nothing', () => {
  append('s', -1, 'a', 'b');
  writer.close();
  connection = openForWriting(join(folder, 'events.db'), LOG_DATABASE);
  connection.exec(`UPDATE blocks SET checksum = x'fffefdfc';
    UPDATE heads SET revision = CAST(x'fffe' AS TEXT), last = CAST(x'fffe' AS TEXT)`);
  writer = new LogWriter(connection);
  const { events } = new EmbeddedLogReader(connection).readAll(0, 10);
  expect(events.map(({ id, damage }) => [id, damage])).toEqual([
    ['a', undefined],
    ['b', undefined],
  ]);
  expect(append('s', 1, 'c')).toEqual([{ kind: 'appended', position: 3, revision: 2 }]);
});
