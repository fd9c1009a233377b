import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { EmbeddedEventLog } from '../../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../../../src/adapters/event-store/embedded/embedded-event-store.js';
import { backUpLog } from '../../../src/adapters/event-store/embedded/log-backup.js';
import { checkLog } from '../../../src/adapters/event-store/embedded/log-check.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf, readEverything } from '../../contracts/event-store.js';
import { raiseSchemaVersion } from '../../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

/** More than are copied at once. */
const EVENTS = 50_000;
const PER_APPEND = 1_000;
const WHOLE = { events: 0, first: undefined };

let folder: string;
let from: string;
let to: string;
let store: EmbeddedEventStore;
beforeEach(async () => {
  folder = temporaryFolder();
  from = join(folder, 'events.db');
  to = join(folder, 'copy.db');
  store = await EmbeddedEventStore.open(from);
});
afterEach(async () => {
  await store.close();
  removeFolder(folder);
});

/** Appends events to five streams in turn. */
async function fill(): Promise<void> {
  const appends = Array.from({ length: EVENTS / PER_APPEND }, (_, i) => {
    const before = Math.floor(i / 5) * PER_APPEND;
    const name = `e-${String(i)}`;
    return append(`s-${String(i % 5)}`, before + NO_STREAM, eventsOf(name, PER_APPEND));
  });
  for (const { kind } of await store.append(appends)) expect(kind).toBe('appended');
}

describe('a copy of a log', () => {
  it('holds what was stored when it began, and not what was appended meanwhile', async () => {
    await fill();
    const before = await readEverything(store);
    const appended: Promise<unknown>[] = [];
    const { events, damage } = await backUpLog({
      from,
      to,
      onProgress: (done) => {
        const more = eventsOf(`later-${String(done)}`, 10);
        appended.push(store.append([append(`new-${String(done)}`, NO_STREAM, more)]));
      },
    });
    await Promise.all(appended);
    expect(appended.length).toBeGreaterThan(1);
    expect({ events, damage }).toEqual({ events: EVENTS, damage: WHOLE });
    expect(await store.head()).toBeGreaterThan(EVENTS);
    expect(await checkLog({ path: to })).toMatchObject({ events: EVENTS, faults: 0 });
    const copy = new EmbeddedEventLog(to);
    expect(await readEverything(copy)).toEqual(before);
    expect(await copy.readStream('s-3')).toEqual(await store.readStream('s-3'));
    expect(await copy.readStream('new-20000')).toEqual([]);
    await copy.close();
  });

  it('is a log to go on with', async () => {
    await store.append([append('s', NO_STREAM, eventsOf('a', 3))]);
    await backUpLog({ from, to });
    const copy = await EmbeddedEventStore.open(to);
    const outcomes = await copy.append([
      append('s', 2, eventsOf('b', 1)),
      append('s', NO_STREAM, eventsOf('a', 3)),
      append('t', NO_STREAM, eventsOf('c', 1)),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'appended', position: 4, revision: 3 },
      { kind: 'appended', position: 3, revision: 2 },
      { kind: 'appended', position: 5, revision: 0 },
    ]);
    await copy.close();
  });

  it('of an empty log is an empty log', async () => {
    expect(await backUpLog({ from, to })).toEqual({ events: 0, damage: WHOLE });
    expect(await checkLog({ path: to })).toMatchObject({ events: 0, faults: 0 });
  });

  it('does not replace a file that is there', async () => {
    await backUpLog({ from, to });
    await expect(backUpLog({ from, to })).rejects.toThrow(/there already/);
  });

  it('is refused of a log that a newer release wrote', async () => {
    await store.close();
    raiseSchemaVersion(from);
    await expect(backUpLog({ from, to })).rejects.toThrow(/newer release/);
    expect(existsSync(to)).toBe(false);
    store = await EmbeddedEventStore.open(join(folder, 'other.db'));
  });

  it('of a log that lacks many events tells of them, and comes to an end', async () => {
    const events = eventsOf('a', PER_APPEND);
    for (let i = 0; i < 45; i += 1)
      await store.append([append(`s-${String(i)}`, NO_STREAM, events)]);
    await store.close();
    const connection = new Database(from);
    connection.exec('DELETE FROM blocks WHERE last > 1000 AND last <= 44000');
    connection.close();
    const { events: copied, damage } = await backUpLog({ from, to });
    expect(copied).toBe(45_000);
    expect(damage.events).toBeGreaterThan(0);
    store = await EmbeddedEventStore.open(join(folder, 'other.db'));
  });
});
