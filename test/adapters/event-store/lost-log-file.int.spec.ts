import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { EmbeddedEventStore } from '../../../src/adapters/event-store/embedded/embedded-event-store.js';
import { NO_STREAM, type AppendOutcome } from '../../../src/ports/event-store.js';
import { append, eventsOf } from '../../contracts/event-store.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const ADVICE = /put that file back, or stop the server and restore a backup/;

let folder: string;
let path: string;
let store: EmbeddedEventStore;

beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder, 'events.db');
  store = await EmbeddedEventStore.open(path);
  expect(await appendOne('before')).toMatchObject({ kind: 'appended' });
});
afterEach(async () => {
  await store.close();
  removeFolder(folder);
});

async function appendOne(stream: string): Promise<AppendOutcome | undefined> {
  const [outcome] = await store.append([append(stream, NO_STREAM, eventsOf(stream, 1))]);
  return outcome;
}

const keptPosition = (): string => readFileSync(join(folder, 'events.position'), 'utf8');

async function expectNothingAcknowledged(): Promise<void> {
  const kept = keptPosition();
  const outcome = await appendOne('lost');
  expect(outcome?.kind).toBe('unknown');
  expect(inspect(outcome, { depth: 5 })).toMatch(ADVICE);
  // Nor is it found, so that no repetition of it is called a duplicate.
  expect(await store.readStream('lost')).toEqual([]);
  await expect(store.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(keptPosition()).toBe(kept);
}

test.each([['events.db'], ['events.db-wal'], ['events.db-shm', 'events.db-wal', 'events.db']])(
  'nothing is acknowledged once %s is removed',
  async (...names) => {
    for (const name of names) rmSync(join(folder, name));
    await expectNothingAcknowledged();
  },
);

test('nothing is acknowledged once another file took the place of the log', async () => {
  const copy = `${path}-copy`;
  copyFileSync(path, copy);
  renameSync(copy, path);
  await expectNothingAcknowledged();
});

test('a log that is put back is well again, and takes what was refused meanwhile', async () => {
  const names = ['events.db', 'events.db-wal'];
  for (const name of names) renameSync(join(folder, name), join(folder, `away-${name}`));
  await expectNothingAcknowledged();
  for (const name of names) renameSync(join(folder, `away-${name}`), join(folder, name));
  expect(await appendOne('lost')).toMatchObject({ kind: 'appended', position: 2 });
  await store.ping();
  expect(await store.readStream('lost')).toHaveLength(1);
  expect(await store.head()).toBe(2);
});
