import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { EmbeddedEventLog } from '../../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../../../src/adapters/event-store/embedded/embedded-event-store.js';
import {
  keepPosition,
  keptPositionPath,
  readKeptPosition,
} from '../../../src/adapters/event-store/embedded/kept-position.js';
import { checkLog } from '../../../src/adapters/event-store/embedded/log-check.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf } from '../../contracts/event-store.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'events.db');
});
afterEach(() => {
  removeFolder(folder);
});

/** Writes streams of five events each, in turn, so that they lie interleaved. */
async function fill(...streams: readonly string[]): Promise<void> {
  const store = await EmbeddedEventStore.open(path);
  for (let revision = NO_STREAM; revision < 4; revision += 1) {
    const events = (stream: string) => eventsOf(`${stream}-${String(revision + 1)}`, 1);
    await store.append(streams.map((stream) => append(stream, revision, events(stream))));
  }
  await store.close();
}

/** Changes a byte of the event of an id. */
function damage(id: string): void {
  const file = readFileSync(path);
  const at = file.indexOf(`"${id}"`);
  file[at + 1] = 0xff;
  writeFileSync(path, file);
}

function changeIndex(sql: string): void {
  const connection = new Database(path);
  connection.exec(sql);
  connection.close();
}

const idOf = async (stream: string, revision: number): Promise<string> => {
  const log = new EmbeddedEventLog(path);
  const events = await log.readStream(stream);
  await log.close();
  return events[revision]?.id ?? '';
};

describe('a stream of which an event is damaged', () => {
  it.each([0, 2, 4])('is read with something in its place, and goes on: revision %i', async (n) => {
    await fill('a', 'b');
    damage(await idOf('a', n));
    const store = await EmbeddedEventStore.open(path);
    const events = await store.readStream('a');
    expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
    const damaged = events.filter((event) => event.damage !== undefined);
    expect(damaged.map(({ revision, stream }) => [revision, stream])).toEqual([[n, 'a']]);
    expect(events.at(-1)?.position).toBe(9);
    expect((await store.readAll(0, 100)).events.filter((one) => one.damage !== undefined)).toEqual([
      expect.objectContaining({ position: 2 * n + 1 }),
    ]);
    expect(await store.append([append('a', 4, eventsOf('more', 1))])).toEqual([
      { kind: 'appended', position: 11, revision: 5 },
    ]);
    expect(await store.readStream('a')).toHaveLength(6);
    expect((await store.readStream('b')).every((one) => one.damage === undefined)).toBe(true);
    await store.close();
    expect(await checkLog({ path })).toMatchObject({
      faults: 1,
      named: [{ position: 2 * n + 1 }],
    });
  });
});

describe('a stream whose last event is damaged', () => {
  it('is one fault: that the index knows more than can be read is no other', async () => {
    await fill('a', 'b');
    damage(await idOf('a', 4));
    expect(await checkLog({ path })).toMatchObject({ faults: 1, named: [{ position: 9 }] });
  });
});

describe('an index of streams that is damaged', () => {
  it.each([
    ['an earlier end', 'UPDATE heads SET last = last - 2, revision = revision - 1'],
    ['an end of another stream', 'UPDATE heads SET last = last - 1'],
    ['a revision that never was', 'UPDATE heads SET revision = 77'],
    ['an end beyond the log', 'UPDATE heads SET last = 1000'],
  ])('leads nobody astray: %s', async (_, sql) => {
    await fill('a', 'b', 'c');
    changeIndex(`${sql} WHERE name = 'c'`);
    const isShort = sql.includes('- 2');
    if (!isShort) expect((await checkLog({ path })).faults).toBeLessThanOrEqual(1);
    const store = await EmbeddedEventStore.open(path);
    const events = await store.readStream('c');
    await store.close();
    // A whole, shorter stream is one: it is for check-log to tell.
    if (isShort) expect((await checkLog({ path })).faults).toBe(1);
    else expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('the position that is kept beside a log', () => {
  it('is that of the last event that was acknowledged', async () => {
    await fill('a', 'b');
    expect(readKeptPosition(path)).toBe(10);
    keepPosition(path, 4);
    expect(readKeptPosition(path)).toBe(4);
  });

  it.each(['', 'nonsense', '0000000000000012 00000000\n', `${'9'.repeat(30)}\n`])(
    'is none where the file holds %j',
    (text) => {
      writeFileSync(keptPositionPath(path), text);
      expect(readKeptPosition(path)).toBe(0);
    },
  );
});
