import { generationsOf } from '../contracts/read-model-store.js';
import { jest } from '@jest/globals';
import type { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { Recorded } from '../../src/domain/event.js';
import type { LogPage } from '../../src/ports/event-store.js';
import { specOf } from '../../src/ports/read-model/generation.js';
import { WakeUp } from '../../src/projector/wake-up.js';
import { Rebuilder } from '../../src/projector/rebuilder.js';
import { testVocabulary } from '../support/test-log.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting } from '../support/projector-rig.js';
import { SettableClock } from '../support/settable-clock.js';

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: 'm1', eventId: String(i) }, NOON + i);
const BEATS = 10;
const BATCH = 2;

/** A log to which one more event comes while it is read, the first so many times. */
class GrowingLog extends LogView {
  private reads = 0;

  constructor(
    private readonly store: MemoryEventStore,
    private readonly times: number,
  ) {
    super(store);
  }

  override async readAll(after: number, limit: number): Promise<LogPage> {
    const page = await super.readAll(after, limit);
    if (this.reads < this.times) await appendTo(this.store, [beat(BEATS + this.reads)]);
    this.reads += 1;
    return page;
  }
}

/** Builds from a log that grows so many times; how often it rested, and what it offered. */
async function buildBeside(
  times: number,
  isWaitedFor = false,
): Promise<{ rests: number; offered: readonly string[] }> {
  const store = await logOf(Array.from({ length: BEATS }, (_, i) => beat(i)));
  const writer = new MemoryReadModelStore();
  const projection = counting('bandwidth', 1);
  await generationsOf(writer).begin(specOf(projection, ''), 'nothing');
  const rest = jest.spyOn(WakeUp.prototype, 'wait').mockResolvedValue();
  const offered: string[] = [];
  const rebuilder = new Rebuilder({
    storeId: '',
    log: new GrowingLog(store, times),
    vocabulary: testVocabulary(store),
    writer,
    projections: [projection],
    isWaitedFor,
    clock: new SettableClock(NOON),
    batchEventsMax: BATCH,
    onOffer: (built) => offered.push(built),
    onFailure: (error) => {
      throw error;
    },
  });
  await rebuilder.run();
  const rests = rest.mock.calls.length;
  for (const [ms] of rest.mock.calls) expect(ms).toBeGreaterThan(0);
  rest.mockRestore();
  return { rests, offered };
}

test('what begins at once is built by one node of two, from one reading', async () => {
  const log = await logOf(Array.from({ length: BEATS }, (_, i) => beat(i)));
  const store = new MemoryReadModelStore();
  const projections = [counting('bandwidth'), counting('popularity')];
  for (const one of projections) await generationsOf(store).begin(specOf(one, ''), 'nothing');
  const reads = [0, 0];
  const offered: string[] = [];
  const build = (writer: MemoryReadModelStore, node: number): Promise<void> => {
    class Counted extends LogView {
      override readAll(after: number, limit: number): Promise<LogPage> {
        reads[node] = (reads[node] ?? 0) + 1;
        return super.readAll(after, limit);
      }
    }
    return new Rebuilder({
      ...{ storeId: '', log: new Counted(log), vocabulary: testVocabulary(log), writer },
      ...{ projections, isWaitedFor: true, clock: new SettableClock(NOON) },
      onOffer: (built) => offered.push(built),
      onFailure: (error) => {
        throw error;
      },
    }).run();
  };
  await Promise.all([build(store, 0), build(store.anotherOwner(), 1)]);
  expect(reads.toSorted()).toEqual([0, 1]);
  expect(offered.toSorted()).toEqual(['bandwidth', 'popularity']);
});

describe('what is built', () => {
  it('goes on without a rest while no events come', async () => {
    expect(await buildBeside(0)).toEqual({ rests: 0, offered: ['bandwidth'] });
  });

  it('rests after a batch during which events came, and only then', async () => {
    // After the first batch it is not known yet whether any came.
    expect(await buildBeside(4)).toEqual({ rests: 3, offered: ['bandwidth'] });
  });

  it('never rests where nothing else serves', async () => {
    expect(await buildBeside(4, true)).toEqual({ rests: 0, offered: ['bandwidth'] });
  });
});
