import { join } from 'node:path';
import { EmbeddedEventLog } from '../../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../../../src/adapters/event-store/embedded/embedded-event-store.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { anEvent, append, eventsOf, namesOf, readEverything } from '../../contracts/event-store.js';
import { withResolvers } from '../../support/server.js';
import { raiseSchemaVersion, transactionsInWal } from '../../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

let folder: string;
let path: string;
const open: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'events.db');
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  removeFolder(folder);
});

async function openStore(): Promise<EmbeddedEventStore> {
  const store = await EmbeddedEventStore.open(path);
  open.push(store);
  return store;
}

/** Closes the stores that are open, and opens the file again. */
async function reopen(): Promise<EmbeddedEventStore> {
  for (const store of open.splice(0)) await store.close();
  return openStore();
}

describe('reopening', () => {
  test('keeps every event in its place', async () => {
    const store = await openStore();
    await store.append([
      append('s', NO_STREAM, eventsOf('a', 3)),
      append('t', NO_STREAM, eventsOf('b', 2)),
      append('s', 2, eventsOf('c', 2)),
    ]);
    const log = await readEverything(store);
    const stream = await store.readStream('s');
    const reopened = await reopen();
    expect(await readEverything(reopened)).toEqual(log);
    expect(await reopened.readStream('s')).toEqual(stream);
    expect(await reopened.head()).toBe(log.at(-1)?.position);
  });

  test('goes on with positions, revisions and streams where the log ended', async () => {
    let revision = NO_STREAM;
    for (let round = 0; round < 4; round += 1) {
      const store = await reopen();
      const outcomes = await store.append([
        append('s', revision, eventsOf(`r${String(round)}`, 2)),
        append(`new-${String(round)}`, NO_STREAM, [anEvent(`n${String(round)}`)]),
      ]);
      expect(outcomes).toMatchObject([{ revision: revision + 2 }, { revision: 0 }]);
      revision += 2;
    }
    const log = await readEverything(await reopen());
    expect(namesOf(log)).toEqual([
      ...['r0-0', 'r0-1', 'n0', 'r1-0', 'r1-1', 'n1'],
      ...['r2-0', 'r2-1', 'n2', 'r3-0', 'r3-1', 'n3'],
    ]);
    const positions = log.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
  });

  test('recognises a repetition of what was appended before, and a conflict with it', async () => {
    const store = await openStore();
    const appends = [append('s', NO_STREAM, eventsOf('a', 3)), append('s', 2, eventsOf('b', 1))];
    const outcomes = await store.append(appends);
    const reopened = await reopen();
    expect(await reopened.append(appends)).toEqual(outcomes);
    expect(await reopened.append([append('s', 0, eventsOf('x', 2))])).toEqual([
      { kind: 'conflict' },
    ]);
    expect(await readEverything(reopened)).toHaveLength(4);
  });

  test('has everything that was handed over before it was closed', async () => {
    const store = await openStore();
    const appending = Array.from({ length: 200 }, (_, i) =>
      store.append([append(`s${String(i)}`, NO_STREAM, eventsOf(`e${String(i)}`, 2))]),
    );
    const reopened = await reopen();
    const outcomes = (await Promise.all(appending)).flat();
    expect(outcomes.every(({ kind }) => kind === 'appended')).toBe(true);
    expect(await readEverything(reopened)).toHaveLength(400);
  });
});

describe('group commit', () => {
  test('one append after the other takes a transaction each', async () => {
    const store = await openStore();
    const before = transactionsInWal(path);
    for (let i = 0; i < 20; i += 1) {
      await store.append([append('s', i - 1, [anEvent(`e${String(i)}`)])]);
    }
    expect(transactionsInWal(path) - before).toBe(20);
  });

  test('200 appends at once take far fewer transactions than appends', async () => {
    const store = await openStore();
    const before = transactionsInWal(path);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        store.append([append(`s${String(i)}`, NO_STREAM, [anEvent(`e${String(i)}`)])]),
      ),
    );
    expect(outcomes.flat().every(({ kind }) => kind === 'appended')).toBe(true);
    expect(transactionsInWal(path) - before).toBeLessThanOrEqual(10);
  });

  test('an append that conflicts leaves the others of its group stored', async () => {
    const store = await openStore();
    await store.append([append('taken', NO_STREAM, eventsOf('a', 1))]);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        store.append([
          append(i % 2 === 0 ? 'taken' : `s${String(i)}`, NO_STREAM, [anEvent(`e${String(i)}`)]),
        ]),
      ),
    );
    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(
      outcomes.map((_, i) => (i % 2 === 0 ? 'conflict' : 'appended')),
    );
    expect(await readEverything(await reopen())).toHaveLength(51);
  });
});

describe('a second reader of the file', () => {
  test('sees what was appended as soon as it is acknowledged', async () => {
    const store = await openStore();
    const log = new EmbeddedEventLog(path);
    open.push(log);
    expect(await readEverything(log)).toEqual([]);
    const [outcome] = await store.append([append('s', NO_STREAM, eventsOf('a', 3))]);
    expect(outcome).toMatchObject({ position: await log.head() });
    expect(await readEverything(log)).toEqual(await readEverything(store));
  });

  test('wakes its listeners when it is told to', async () => {
    await openStore();
    const log = new EmbeddedEventLog(path);
    open.push(log);
    const { promise, resolve } = withResolvers<string>();
    log.onAppended(() => {
      resolve('rang');
    });
    log.wake();
    expect(await promise).toBe('rang');
  });
});

describe('a store that does not work', () => {
  test('one that is closed leaves it open what became of an append', async () => {
    const store = await openStore();
    await store.close();
    open.splice(0);
    const [outcome] = await store.append([append('s', NO_STREAM, eventsOf('a', 1))]);
    expect(outcome?.kind).toBe('unknown');
    expect(await readEverything(await openStore())).toEqual([]);
  });

  test('a file of a newer schema is refused in a sentence that says what to do', async () => {
    const store = await openStore();
    await store.append([append('s', NO_STREAM, eventsOf('a', 1))]);
    await store.close();
    open.splice(0);
    raiseSchemaVersion(path);
    const refusal = /events\.db was written by a newer release .*another data folder/;
    await expect(EmbeddedEventStore.open(path)).rejects.toThrow(refusal);
    await expect(EmbeddedEventStore.open(path)).rejects.toMatchObject({ name: 'NewerSchema' });
  });
});
