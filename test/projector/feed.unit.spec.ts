import { jest } from '@jest/globals';
import type { LogPage } from '../../src/ports/event-store.js';
import { Feed } from '../../src/projector/feed.js';
import { logOf, LogView } from '../support/event-logs.js';
import { beats } from '../support/rebuild-rig.js';
import { testVocabulary } from '../support/test-log.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Reads that many batches, each of which generations take in these times; their lengths. */
async function lengths(times: readonly (readonly number[])[]): Promise<readonly number[]> {
  class Asked extends LogView {
    readonly limits: number[] = [];
    override readAll(after: number, limit: number): Promise<LogPage> {
      this.limits.push(limit);
      return super.readAll(after, limit);
    }
  }
  const log = new Asked(await logOf(beats(0, 5_000)));
  const feed = new Feed({ log, vocabulary: testVocabulary(log), batchEventsMax: 1_500 });
  for (const each of times) {
    const batch = await feed.after(0);
    const folding = feed.foldInto(each, batch, async (ms) => {
      if (ms === Infinity) throw new Error('it failed');
      await new Promise((resolve) => setTimeout(resolve, ms));
    });
    const folded = folding.catch((error: unknown) => String(error));
    await jest.advanceTimersByTimeAsync(60_000);
    await folded;
  }
  return log.limits;
}

describe('batches', () => {
  it('begin short, and are soon as long as they may be where they are folded quickly', async () => {
    expect(await lengths([[1], [1], [1], [1]])).toEqual([500, 1_000, 1_500, 1_500]);
  });

  it('are shorter after one that one generation took long to fold', async () => {
    expect(await lengths([[1], [1, 4_000, 1], [1], [1]])).toEqual([500, 1_000, 500, 1_000]);
  });

  it('are a quarter after one that failed, and as long as before when all goes well', async () => {
    expect(await lengths([[1, Infinity], [Infinity], [1], [1], [1], [1], [1]])).toEqual([
      500, 125, 31, 62, 124, 248, 496,
    ]);
  });
});
