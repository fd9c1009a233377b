import { jest } from '@jest/globals';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { STUCK_MS } from '../../src/projector/claim-keeper.js';
import { logOf } from '../support/event-logs.js';
import { intercept, type Around } from '../support/interception.js';
import { MemoryProjections } from '../support/memory-projections.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { NOON } from '../support/playback.js';
import { counting } from '../support/projector-rig.js';
import { beats } from '../support/rebuild-rig.js';
import { withResolvers } from '../support/server.js';
import { SettableClock } from '../support/settable-clock.js';

const names = ['bandwidth', 'popularity', 'sessions', 'streaming-analytics'] as const;
const projections = names.map((name) => counting(name));

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets so much time pass, in which timers and promises go on. */
const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function stop(node: MemoryProjections): Promise<void> {
  const stopping = node.stop();
  await pass(CLAIM_MS);
  await stopping;
}

/** The serving generations that another node finds taken. */
async function taken(store: MemoryReadModelStore): Promise<readonly string[]> {
  const { generations } = await store.anotherOwner().records(names);
  return generations.flatMap(({ isTaken, projection }) => (isTaken ? [projection] : [])).sort();
}

/** The serving generations that another node finds free in the next seconds. */
async function lapsed(store: MemoryReadModelStore, seconds: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await pass(1_000);
    const { generations } = await store.anotherOwner().records(names);
    found.push(...generations.flatMap(({ isTaken, projection }) => (isTaken ? [] : [projection])));
  }
  return found;
}

/** Starts a node on whose calls to the read models something is done. */
async function startOn(
  store: MemoryReadModelStore,
  around: Around = (_, call) => call(),
): Promise<MemoryProjections> {
  const clock = new SettableClock(NOON);
  const stores = { log: await logOf(beats(0, 10)), writer: intercept(store, around) };
  return MemoryProjections.start({ ...stores, projections, storeId: 'here', clock });
}

describe('at a start that takes longer than a claim lasts', () => {
  it('what was begun first is kept while the rest is begun', async () => {
    const store = new MemoryReadModelStore();
    const starting = startOn(store, async (step, call) => {
      if (step === 'make') await later(CLAIM_MS / 2);
      return call();
    });
    expect(await lapsed(store, 15)).toEqual([]);
    const node = await starting;
    expect(await taken(store)).toEqual(names);
    await stop(node);
  });

  it('what was acquired is kept until all of it is ready to be folded', async () => {
    const store = new MemoryReadModelStore();
    const before = await startOn(store);
    await pass(1_000);
    await stop(before);
    expect(await taken(store)).toEqual([]);
    let last = Promise.resolve();
    const starting = startOn(store, async (step, call) => {
      // One after the other, as in one session of a database.
      if (step === 'parked') await (last = last.then(() => later(CLAIM_MS / 2)));
      return call();
    });
    expect(await lapsed(store, 15)).toEqual([]);
    await stop(await starting);
  });
});

test('an owner that hangs in a commit is let go, and not before', async () => {
  const store = new MemoryReadModelStore();
  const { promise, resolve } = withResolvers<undefined>();
  const node = await startOn(store, async (step, call) => {
    if (step === 'commit') await promise;
    return call();
  });
  await pass(STUCK_MS - 1_000);
  expect(await taken(store)).toEqual(names);
  await pass(CLAIM_MS + 2_000);
  expect(await taken(store)).toEqual([]);
  resolve(undefined);
  await stop(node);
});
