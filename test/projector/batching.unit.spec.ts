import fc from 'fast-check';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import type { EventLog, LogPage } from '../../src/ports/event-store.js';
import type { ProjectionProgress } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { recordedLog } from '../support/playback-histories.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';

const newProjector = projectors();

/** Some events arrive; the projector folds them in batches so large; then it may be restarted. */
interface Leg {
  readonly arriving: number;
  readonly batchEventsMax: number;
  readonly restarts: boolean;
}

const legs: fc.Arbitrary<readonly Leg[]> = fc.array(
  fc.record({
    arriving: fc.nat(12),
    batchEventsMax: fc.integer({ min: 1, max: 7 }),
    restarts: fc.boolean(),
  }),
  { maxLength: 8 },
);

/** Begins each page with events that came before it, as a log does that reads inclusively. */
class StutteringLog extends LogView {
  override async readAll(after: number, limit: number): Promise<LogPage> {
    const page = await super.readAll(after, limit);
    const { events } = await super.readAll(Math.max(0, after - 3), after - Math.max(0, after - 3));
    return { ...page, events: [...events, ...page.events] };
  }
}

/** A log of some length, which a seed determines. */
function longLog(seed: number): readonly Recorded<PlaybackEvent>[] {
  const found = fc.sample(recordedLog, { numRuns: 100, seed }).find(({ length }) => length >= 20);
  if (found === undefined) throw new Error('no log is long enough');
  return found;
}

async function travel(
  events: readonly Recorded<PlaybackEvent>[],
  plan: readonly Leg[],
  seenThrough: (log: EventLog) => EventLog,
): Promise<string> {
  const writer = new MemoryReadModelStore();
  const store = new MemoryEventStore();
  const log = seenThrough(store);
  const rest = [...events];
  let projector = await newProjector({ log, writer });
  for (const { arriving, batchEventsMax, restarts } of plan) {
    await appendTo(store, rest.splice(0, arriving));
    await projector.settled();
    if (restarts) {
      await projector.stop();
      projector = await newProjector({ log, writer, batchEventsMax });
    }
  }
  await appendTo(store, rest);
  await projector.settled();
  await projector.stop();
  expect(projector.failures).toEqual([]);
  return readModelText(writer);
}

describe('any batching and any restart', () => {
  const views: readonly (readonly [string, (log: EventLog) => EventLog])[] = [
    ['a log', (log) => log],
    ['a log that begins its pages with what was read already', (log) => new StutteringLog(log)],
  ];

  it.each(views)('of %s makes the same documents, byte for byte, as one pass', async (_, view) => {
    await fc.assert(
      fc.asyncProperty(recordedLog, legs, async (events, plan) => {
        expect(await travel(events, plan, view)).toBe(onePassText(events));
      }),
      { numRuns: 60 },
    );
  });

  it('at every single event makes the same documents as one pass', async () => {
    const events = longLog(5);
    const plan = events.map(() => ({ arriving: 1, batchEventsMax: 1, restarts: true }));
    expect(await travel(events, plan, (log) => log)).toBe(onePassText(events));
  });
});

describe('a long log', () => {
  it('is caught up with in batches, of which none is larger than allowed', async () => {
    const events = longLog(13);
    const limits: number[] = [];
    class Watched extends LogView {
      override readAll(after: number, limit: number): Promise<LogPage> {
        limits.push(limit);
        return super.readAll(after, limit);
      }
    }
    const projector = await newProjector({
      log: new Watched(await logOf(events)),
      batchEventsMax: 4,
    });
    await projector.settled();
    expect(new Set(limits)).toEqual(new Set([4]));
    expect(limits.length).toBeGreaterThan(events.length / 4);
  });
});

describe('a projection that is far behind the others', () => {
  const beat = (i: number): Recorded =>
    stored('heartbeat', { mediaId: 'm1', eventId: String(i) }, NOON + i);
  const beats = (from: number, to: number): readonly Recorded[] =>
    Array.from({ length: to - from }, (_, i) => beat(from + i));

  it('holds nobody up while it catches up', async () => {
    const writer = new MemoryReadModelStore();
    const [ahead, behind] = [counting('bandwidth'), counting('popularity')];
    const foldAlone = async (projection: object, count: number): Promise<void> => {
      const projections = [projection] as readonly Projection[];
      const alone = await newProjector({ log: await logOf(beats(0, count)), writer, projections });
      await alone.settled();
      await alone.stop();
    };
    await foldAlone(behind, 2);
    await foldAlone(ahead, 100);
    const projections = [ahead, behind] as unknown as readonly Projection[];
    const log = await logOf(beats(0, 101));
    const projector = await newProjector({ log, writer, projections, batchEventsMax: 2 });
    await projector.settled();
    const scannedBy = (told: readonly ProjectionProgress[], name: string): number =>
      told.find((one) => one.name === name)?.scanned ?? NaN;
    const first = projector.told.find((told) => scannedBy(told, 'bandwidth') === 101) ?? [];
    expect(scannedBy(first, 'popularity')).toBeLessThan(10);
    expect(await readModelText(writer, projections)).toBe(onePassText(beats(0, 101), projections));
  });
});
