import { join } from 'node:path';
import { EmbeddedEventLog } from '../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { checkLog } from '../../src/adapters/event-store/embedded/log-check.js';
import { isOldLog } from '../../src/adapters/event-store/embedded/old-log.js';
import { upgradeLog } from '../../src/composition/upgrade-log.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { readEverything } from '../contracts/event-store.js';
import { NOON } from '../support/playback.js';
import { changeOldLog, writeOldLog } from '../support/old-log.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** More than one step of it takes. */
const EVENTS = 45_000;
const STREAMS = 1_000;
/** Positions of what is damaged. */
const GONE = [1_500, 1_600, 1_700, 1_800, 1_900, 1_901];

/** Events as 0.1.0 could have written them, in many streams. */
const events: readonly StoredEvent[] = Array.from({ length: EVENTS }, (_, i) => ({
  stream: `s-${String(i % STREAMS)}`,
  revision: Math.floor(i / STREAMS),
  position: i + 1,
  recordedAt: NOON + i,
  id: `id-${String(i)}`,
  type: 'heartbeat',
  version: 1,
  data: { mediaId: 'm1', text: 'é 漢字 \n "', i },
}));

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'events.db');
});
afterEach(() => {
  removeFolder(folder);
});

async function eventsThere(): Promise<readonly StoredEvent[]> {
  const log = new EmbeddedEventLog(path);
  try {
    return await readEverything(log);
  } finally {
    await log.close();
  }
}

describe('a log of 0.1.0', () => {
  it('holds the same events in the present form, and takes more', async () => {
    writeOldLog(path, events);
    const told: number[] = [];
    await upgradeLog({ path, onProgress: (done) => told.push(done) });
    expect(told).toEqual([20_000, 40_000, EVENTS]);
    expect(await eventsThere()).toEqual(events);
    expect(isOldLog(path)).toBe(false);
    const store = await EmbeddedEventStore.open(path);
    const event = { id: 'new', type: 'heartbeat', version: 1, recordedAt: NOON, data: {} };
    const expectedRevision = EVENTS / STREAMS - 1;
    expect(await store.append([{ stream: 's-7', expectedRevision, events: [event] }])).toEqual([
      { kind: 'appended', position: EVENTS + 1, revision: expectedRevision + 1 },
    ]);
    expect(await store.readStream('s-7')).toHaveLength(expectedRevision + 2);
    await store.close();
    expect(await checkLog({ path })).toMatchObject({ faults: 0, streams: STREAMS });
  });

  it('is taken over from where it was when it was cut off', async () => {
    writeOldLog(path, events);
    const cut = new AbortController();
    const steps: number[] = [];
    const stopping = (done: number): void => {
      steps.push(done);
      cut.abort(new Error('cut off'));
    };
    const first = upgradeLog({ path, signal: cut.signal, onProgress: stopping });
    await expect(first).rejects.toThrow('cut off');
    expect(isOldLog(path)).toBe(true);
    await upgradeLog({ path, onProgress: (done) => steps.push(done) });
    expect(steps).toEqual([20_000, 40_000, EVENTS]);
    expect(await eventsThere()).toEqual(events);
  });

  it('that is damaged keeps its positions, and says where', async () => {
    writeOldLog(path, events.slice(0, 5_000));
    changeOldLog(
      path,
      `UPDATE events SET body = replace(body, '"heartbeat"', '"heartbeat') WHERE position = 1500;
       UPDATE events SET body = CAST(replace(CAST(body AS BLOB), x'22', x'ff') AS TEXT)
         WHERE position = 1600;
       UPDATE events SET body = '[7' || substr(body, 3) WHERE position = 1700;
       UPDATE events SET stream = 999999 WHERE position = 1800;
       DELETE FROM events WHERE position BETWEEN 1900 AND 1901`,
    );
    await upgradeLog({ path });
    const found = await eventsThere();
    expect(found.map(({ position }) => position)).toEqual(
      events.slice(0, 5_000).map((one) => one.position),
    );
    const damaged = found.filter(({ damage }) => damage !== undefined);
    expect(damaged.map(({ position }) => position)).toEqual(GONE);
    expect(found.filter(({ damage }) => damage === undefined)).toEqual(
      events.slice(0, 5_000).filter(({ position }) => !GONE.includes(position)),
    );
    const log = new EmbeddedEventLog(path);
    const stream = await log.readStream('s-499');
    await log.close();
    expect(stream.map(({ revision, damage }) => [revision, damage !== undefined])).toEqual([
      [0, false],
      [1, true],
      [2, false],
      [3, false],
      [4, false],
    ]);
    expect(await checkLog({ path })).toMatchObject({ faults: GONE.length });
  });
});
