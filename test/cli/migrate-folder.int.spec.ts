import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { lockFolder } from '../../src/adapters/sqlite/folder-lock.js';
import { migrateFolder, type MigrationReport } from '../../src/cli/migrate-folder.js';
import { knownLog } from '../../src/composition/log-identity.js';
import type { LogLocation } from '../../src/composition/locations.js';
import type { EventStore, StoredEvent } from '../../src/ports/event-store.js';
import { readFolderConfig } from '../../src/config.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { anEvent, append, readEverything } from '../contracts/event-store.js';
import { ApiClient } from '../support/api-client.js';
import { storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const EVENTSTORE_URL = 'esdb://somewhere:2113';

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

beforeAll(async () => {
  const server = await startServer(folder);
  const client = new ApiClient(server.url);
  for (const mediaId of ['a', 'b', 'c']) {
    await client.recordAll([
      { mediaId, sessionId: 's', eventId: '1', userId: 'ann', eventType: 'SESSION_START' },
      { mediaId, sessionId: 's', eventId: '2', eventType: 'HEARTBEAT', duration: 10 },
    ]);
  }
  expect(await server.stop()).toBe(0);
});

let target: MemoryEventStore;
beforeEach(() => {
  target = new MemoryEventStore();
});

function migrate(
  settings: Readonly<Record<string, string>> = {},
  openTarget: (location: LogLocation) => Promise<EventStore> = () => Promise.resolve(target),
): Promise<MigrationReport> {
  return migrateFolder({
    config: readFolderConfig({ DATA_DIR: folder, EVENTSTORE_URL, ...settings }),
    openTarget,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

describe('the migration of a data folder', () => {
  it('copies its log, counts both sides and names it', async () => {
    const opened: unknown[] = [];
    const report = await migrate({}, (options) => {
      opened.push(options);
      return Promise.resolve(target);
    });
    expect(opened).toEqual([{ kind: 'eventstoredb', url: EVENTSTORE_URL, prefix: 'playhead-' }]);
    const events = await storedEvents(folder);
    expect(report).toEqual({
      storeId: events[0]?.data.storeId,
      events: events.length,
      streams: 4,
      foundCopied: 0,
      further: 0,
      isSecretInFolder: true,
    });
    expect((await readEverything(target)).map(({ id }) => id)).toEqual(
      expect.arrayContaining(events.map(({ id }) => id)),
    );
    expect(await knownLog(target, 'playhead-meta')).toBeDefined();
  });

  it('may run again, and finds that all is there', async () => {
    const first = await migrate();
    expect(await migrate()).toEqual({ ...first, foundCopied: first.events });
  });

  it('that was cut off leaves a log that no server takes, until it ran again', async () => {
    const isNoServers = expect.objectContaining({
      name: 'LogUnfit',
      message: expect.stringContaining('run migrate again') as string,
    }) as Error;
    const append = target.append.bind(target);
    let appends = 0;
    target.append = (list) => {
      appends += 1;
      return appends === 2 ? Promise.reject(new Error('cut off')) : append(list);
    };
    await expect(migrate()).rejects.toThrow('cut off');
    await expect(knownLog(target, 'playhead-meta')).rejects.toEqual(isNoServers);
    expect(await migrate()).toMatchObject({ foundCopied: 1, further: 0 });
    expect(await knownLog(target, 'playhead-meta')).toBeDefined();
  });

  it('leaves the folder as it was, free for a server', async () => {
    const before = await storedEvents(folder);
    await migrate();
    (await lockFolder(folder)).release();
    expect(await storedEvents(folder)).toEqual(before);
  });

  it('closes the target whether it was copied to or not', async () => {
    let closed = 0;
    target.close = () => {
      closed += 1;
      return Promise.resolve();
    };
    await migrate();
    await target.append([append('playhead-other', NO_STREAM, [anEvent('x')])]);
    await expect(migrate()).resolves.toBeDefined();
    expect(closed).toBe(2);
  });
});

describe('it is refused', () => {
  it('while a server works in the folder', async () => {
    const lock = await lockFolder(folder);
    try {
      await expect(migrate()).rejects.toThrow(/in use/);
    } finally {
      lock.release();
    }
    expect(await target.head()).toBe(0);
  });

  it('with another viewer secret than the log was written with', async () => {
    const VIEWER_SECRET = 'another secret of some length';
    await expect(migrate({ VIEWER_SECRET })).rejects.toThrow(/VIEWER_SECRET/);
    expect(await target.head()).toBe(0);
  });

  it('with another prefix than the log was written with', async () => {
    await expect(migrate({ EVENTSTORE_PREFIX: 'other-' })).rejects.toThrow(/EVENTSTORE_PREFIX/);
    expect(await target.head()).toBe(0);
  });

  it('without a viewer secret, and none is made', async () => {
    const path = join(folder, 'viewer-secret');
    const secret = readFileSync(path);
    removeFolder(path);
    try {
      await expect(migrate()).rejects.toThrow(/VIEWER_SECRET/);
      expect(existsSync(path)).toBe(false);
    } finally {
      writeFileSync(path, secret, { mode: 0o600 });
    }
  });

  it('in a folder that holds no log, which stays as it was', async () => {
    const empty = temporaryFolder();
    await expect(migrate({ DATA_DIR: empty })).rejects.toThrow(/holds no log/);
    expect(existsSync(join(empty, 'lock.db'))).toBe(false);
    removeFolder(empty);
  });

  it('when the copy turns out to differ, naming the stream', async () => {
    const readAll = target.readAll.bind(target);
    let reads = 0;
    target.readAll = async (after, limit) => {
      reads += 1;
      const page = await readAll(after, limit);
      const isKept = ({ stream, revision }: StoredEvent): boolean =>
        revision === 0 || !stream.includes('playback');
      return { ...page, events: page.events.filter(isKept) };
    };
    await expect(migrate()).rejects.toThrow(/playhead-playback-\S+ differs at revision 1/);
    await expect(knownLog(target, 'playhead-meta')).rejects.toThrow('half a copy');
    expect(reads).toBeGreaterThan(1);
  });
});
