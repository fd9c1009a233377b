import type { Recorded } from '../../src/domain/event.js';
import { SECOND_MS } from '../../src/domain/time.js';
import type { EventStore } from '../../src/ports/event-store.js';
import type { Projection } from '../../src/ports/projection.js';
import { KEEP_RETIRED_MS } from '../../src/projector/generation-life.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { appendTo } from './event-logs.js';
import { MemoryProjections } from './memory-projections.js';
import type { SettableClock } from './settable-clock.js';

/** After so long what a rebuild replaced is looked for and removed. */
const UNTIL_CLEAN_UP_MS = KEEP_RETIRED_MS + 60 * SECOND_MS;

/** A look may come before the one that it asks for has ended. */
const LOOKS_MAX = 8;

export interface LifeOptions {
  readonly log: EventStore;
  readonly writer: ReadModelWriter;
  readonly clock: SettableClock;
  readonly projections: readonly Projection[];
  /** What is appended in the course of it, unless the log holds it already. */
  readonly events: readonly Recorded[];
  /** How many of the events the log is to hold before anything else. */
  readonly before: number;
}

/**
 * A server's life on any stores: it catches up, rebuilds its first projection while events come,
 * lets go of what that replaced, retires, and is at the end of the log. Where another life on the
 * same stores was cut off, it goes on.
 */
export async function live(options: LifeOptions): Promise<void> {
  const { log, writer, clock, projections } = options;
  await appendUpTo(options.before, options);
  const projector = await MemoryProjections.start({
    ...{ log, writer, clock, projections },
    storeId: 'every-step',
    batchEventsMax: 2,
  });
  try {
    await projector.ready();
    if (!hasSwitched(projector)) await projector.rebuild(firstOf(projections));
    await appendUpTo(options.before + 3, options);
    await untilSwitched(projector);
    await untilCleanedUp(projector, options);
    await appendUpTo(options.events.length, options);
    await projector.settled();
  } finally {
    await projector.stop();
  }
}

async function appendUpTo(count: number, { log, events }: LifeOptions): Promise<void> {
  await appendTo(log, events.slice(await log.head(), count));
}

/** Asks the projector to look at the store now rather than in a second. */
async function untilSwitched(projector: MemoryProjections): Promise<void> {
  while (!hasSwitched(projector)) {
    await projector.retire(0);
    await new Promise(setImmediate);
  }
}

/**
 * What is old is taken out of use first, then its place goes; each at a look after some time. In a
 * store that goes by a clock of its own it stays.
 */
async function untilCleanedUp(projector: MemoryProjections, options: LifeOptions): Promise<void> {
  const name = firstOf(options.projections);
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    options.clock.advance(UNTIL_CLEAN_UP_MS);
    await projector.retire(0);
    const { generations } = await options.writer.records([name]);
    if (generations.every(({ state }) => state === 'serving')) return;
  }
}

function hasSwitched(projector: MemoryProjections): boolean {
  const rebuild = projector.progress()[0]?.rebuild;
  return rebuild?.building === undefined && rebuild?.outcome?.kind === 'switched';
}

function firstOf([first]: readonly Projection[]): Projection['name'] {
  if (first === undefined) throw new Error('there are no projections');
  return first.name;
}
