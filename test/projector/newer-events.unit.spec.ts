import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { MemoryEventStore } from '../support/memory/memory-event-store.js';
import type { Recorded } from '../../src/domain/event.js';
import { testNames } from '../support/test-log.js';
import { appendStored, appendTo, logOf } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, projectors } from '../support/projector-rig.js';

const newProjector = projectors();
const projections = [counting('bandwidth')];
/** More that are parked stop a projection. */
const PARKED_EVENTS_MAX = 1_000;

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: 'm', eventId: String(i) }, NOON + i);

async function announce(log: MemoryEventStore, type: string, version: number): Promise<void> {
  const data = { vocabulary: { [type]: version } };
  const event = { id: `announces ${type}`, type: 'vocabulary_extended', version: 1, data };
  await appendStored(log, testNames.meta(), { ...event, recordedAt: NOON });
}

async function put(log: MemoryEventStore, type: string, version: number): Promise<void> {
  const event = { id: `${type} ${String(await log.head())}`, type, version, data: {} };
  await appendStored(log, 'somewhere', { ...event, recordedAt: NOON });
}

describe('events of a newer release', () => {
  it('are passed over, however many, and counted; nothing of them is parked', async () => {
    const log = await logOf([beat(0)]);
    await announce(log, 'ad_break', 1);
    await announce(log, 'heartbeat', 2);
    for (let i = 0; i <= PARKED_EVENTS_MAX; i += 1) await put(log, 'ad_break', 1);
    await put(log, 'heartbeat', 2);
    await appendTo(log, [beat(1)]);
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log, writer, projections, batchEventsMax: 100 });
    await projector.settled();
    expect(await documentsOf(writer, 'bandwidth')).toEqual({ m: { count: 2 } });
    expect(projector.progress()).toMatchObject([
      { parkedEvents: 0, isStopped: false, newerEvents: PARKED_EVENTS_MAX + 2 },
    ]);
    expect(projector.failures).toEqual([]);
  });

  it('are passed over though they were announced after the projector began', async () => {
    const log = await logOf([beat(0)]);
    const projector = await newProjector({ log, projections });
    await projector.settled();
    await announce(log, 'ad_break', 1);
    await put(log, 'ad_break', 1);
    await projector.settled();
    expect(projector.progress()).toMatchObject([{ parkedEvents: 0, newerEvents: 1 }]);
  });

  it('that nobody announced are parked alone, each under its position', async () => {
    const log = await logOf([beat(0)]);
    await announce(log, 'ad_break', 1);
    await put(log, 'ad_break', 2);
    await put(log, 'ad_pause', 1);
    await appendTo(log, [beat(1)]);
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log, writer, projections });
    await projector.settled();
    expect(await documentsOf(writer, 'bandwidth')).toEqual({ m: { count: 2 } });
    expect(await projector.parked('bandwidth')).toMatchObject([
      { position: 3, key: '', reason: expect.stringContaining('ad_break') as string },
      { position: 4, key: '', reason: expect.stringContaining('ad_pause') as string },
    ]);
  });
});
