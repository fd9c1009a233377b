import { stateOf } from '../../src/ports/projection-control.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import { appendTo, logOf } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { projectors } from '../support/projector-rig.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

const view = (daysAgo: number) =>
  stored('session_start', {
    sessionId: `s${String(daysAgo)}`,
    occurredAt: NOON - daysAgo * DAY_MS,
    bytes: 5,
  });

const namesOf = async (store: MemoryReadModelStore) => ({
  analytics: Object.keys(await documentsOf(store, 'streaming-analytics')).length,
  bandwidth: Object.keys(await documentsOf(store, 'bandwidth')).length,
  popularity: Object.keys(await documentsOf(store, 'popularity')).length,
  sessions: Object.keys(await documentsOf(store, 'sessions')).length,
});

describe('retirement', () => {
  it('removes the buckets that ended before and the sessions heard of last before, no media items', async () => {
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log: await logOf([view(100), view(0)]), writer });
    await projector.settled();
    expect(await namesOf(writer)).toEqual({
      analytics: 4,
      bandwidth: 2,
      popularity: 5,
      sessions: 10,
    });
    await projector.retire(NOON - 50 * DAY_MS);
    expect(await namesOf(writer)).toEqual({
      analytics: 2,
      bandwidth: 1,
      popularity: 3,
      sessions: 5,
    });
  });

  it('keeps a bucket that ends at that very time', async () => {
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log: await logOf([view(100)]), writer });
    await projector.settled();
    const nextHour = NOON - 100 * DAY_MS + HOUR_MS;
    await projector.retire(nextHour);
    expect((await namesOf(writer)).bandwidth).toBe(1);
    await projector.retire(nextHour + 1);
    expect((await namesOf(writer)).bandwidth).toBe(0);
  });

  it('leaves the projector going on', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf([view(100)]);
    const projector = await newProjector({ log, writer });
    await projector.settled();
    await projector.retire(NOON);
    await appendTo(log, [view(1), view(90)]);
    await projector.settled();
    expect(projector.failures).toEqual([]);
    expect(await namesOf(writer)).toEqual({
      analytics: 4,
      bandwidth: 2,
      popularity: 5,
      sessions: 10,
    });
  });

  it('that fails tells so, and stops nothing', async () => {
    class Refusing extends WriterView {
      override retire(generation: Generation): Promise<void> {
        return Promise.reject(new Error(`cannot retire ${generation.projection}`));
      }
    }
    const log = await logOf([view(100)]);
    const projector = await newProjector({ log, writer: new Refusing(new MemoryReadModelStore()) });
    await expect(projector.retire(NOON)).rejects.toThrow('cannot retire');
    await appendTo(log, [view(0)]);
    await projector.settled();
    expect(projector.progress().every((one) => stateOf(one) === 'LIVE')).toBe(true);
  });

  it('asked for while the projector stops is refused, not left waiting', async () => {
    const projector = await newProjector({ log: await logOf([view(100)]) });
    await projector.settled();
    const stopping = projector.stop();
    await expect(projector.retire(NOON)).rejects.toThrow('the projector has stopped');
    await stopping;
  });
});
