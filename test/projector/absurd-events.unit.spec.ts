import { PROJECTIONS } from '../../projections/index.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { EVENT_TYPES } from '../../src/domain/event-codec.js';
import type { Recorded } from '../../src/domain/event.js';
import { absurdEvents } from '../support/absurd-events.js';
import { appendStored, appendTo, logOf } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { registered, stored } from '../support/project.js';
import { onePassText, projectors, readModelText } from '../support/projector-rig.js';

const newProjector = projectors();
const BYTES_A_REASON_MAX = 500;

const viewerId = 'q0Zc2l8mT1yRrWv9Xw3sNA';
/** Of the same media and session as the fixtures, which the absurd ones are made of. */
const ids = { mediaId: 'sintel', sessionId: '6f0c1a52-0a55-4f6c-9d1e-6f7f0f0e7d11' };
const good: readonly Recorded[] = [
  registered('sintel', 'Sintel'),
  stored('session_start', { ...ids, eventId: 'a', viewerId }),
  stored('heartbeat', { ...ids, eventId: 'b', durationMs: 86_400_000, bytes: 2 ** 40 }),
  stored('rebuffer_end', { ...ids, eventId: 'c', durationMs: 500 }),
  stored('session_end', { ...ids, eventId: 'd', completesViewAt: NOON }),
];

describe('absurd events, each well-formed JSON, beside good ones', () => {
  it.each(EVENT_TYPES)('%s: each is parked alone, and nothing else changes', async (type) => {
    const absurd = absurdEvents(type);
    const log = await logOf([]);
    const positions: number[] = [];
    const share = Math.ceil(absurd.length / good.length);
    for (const [i, one] of good.entries()) {
      await appendTo(log, [one]);
      for (const event of absurd.slice(i * share, (i + 1) * share)) {
        await appendStored(log, 'elsewhere', {
          ...event,
          id: `absurd ${String(positions.length)}`,
        });
        positions.push(await log.head());
      }
    }
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log, writer, batchEventsMax: 50 });
    await projector.settled();
    expect(await readModelText(writer)).toBe(onePassText(good));
    for (const { name } of PROJECTIONS) {
      const parked = await projector.parked(name);
      expect(parked.map(({ position, key }) => ({ position, key }))).toEqual(
        positions.map((position) => ({ position, key: '' })),
      );
      expect(parked.every(({ reason }) => reason.length < BYTES_A_REASON_MAX)).toBe(true);
    }
    expect(projector.failures).toEqual([]);
    const lags = await projector.lag();
    expect(lags.every(({ lagSeconds, asOf }) => lagSeconds === 0 && asOf === NOON)).toBe(true);
  });
});
