import { jest } from '@jest/globals';
import { SECOND_MS } from '../../src/domain/time.js';
import type { LogPage } from '../../src/ports/event-store.js';
import { TimeLimitedLog } from '../../src/projector/time-limited-log.js';
import { logOf, LogView } from '../support/event-logs.js';

const LIMIT = 5_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A log that comes at so many events a second. */
class SlowLog extends LogView {
  readonly asked: number[] = [];
  rate = Infinity;

  override async readAll(after: number, limit: number): Promise<LogPage> {
    this.asked.push(limit);
    const page = super.readAll(after, 1);
    await new Promise((resolve) => setTimeout(resolve, (limit / this.rate) * SECOND_MS));
    return page;
  }
}

/** Reads pages at a rate, one after the other; how long they were to be. */
async function asked(rates: readonly number[]): Promise<readonly number[]> {
  const log = new SlowLog(await logOf([]));
  const timeLimited = new TimeLimitedLog(log);
  for (const rate of rates) {
    log.rate = rate;
    const page = timeLimited.readAll(0, LIMIT).catch((error: unknown) => String(error));
    await jest.advanceTimersByTimeAsync(60 * SECOND_MS);
    await page;
  }
  return log.asked;
}

describe('pages of a log', () => {
  it('begin short, and are soon as long as is asked where they come quickly', async () => {
    const rates = [1e6, 1e6, 1e6, 1e6, 1e6];
    expect(await asked(rates)).toEqual([500, 1_000, 2_000, 4_000, LIMIT]);
  });

  it('are shorter after one that took long, until they come in two seconds', async () => {
    expect(await asked([1e6, 1e6, 200, 200, 200])).toEqual([500, 1_000, 2_000, 500, 400]);
  });

  it('are shorter after one that did not come in time', async () => {
    expect(await asked([10, 10, 10, 10])).toEqual([500, 125, 31, 20]);
  });

  it('grow again with the line', async () => {
    expect(await asked([100, 1e6, 1e6, 1e6])).toEqual([500, 200, 400, 800]);
  });
});

test('a page that does not come in time is given up, one that does is not', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  class Watched extends SlowLog {
    override readAll(after: number, limit: number, signal?: AbortSignal): Promise<LogPage> {
      signals.push(signal);
      return super.readAll(after, limit);
    }
  }
  const log = new Watched(await logOf([]));
  const prompt = new TimeLimitedLog(log);
  for (const rate of [10, 1e6]) {
    log.rate = rate;
    const page = prompt.readAll(0, LIMIT).catch((error: unknown) => String(error));
    await jest.advanceTimersByTimeAsync(60 * SECOND_MS);
    await page;
  }
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  expect(String(signals[0]?.reason)).toMatch(/a read of the log took longer than 30 s/);
});
