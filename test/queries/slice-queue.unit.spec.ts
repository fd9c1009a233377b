import { jest } from '@jest/globals';
import type { PlayheadError } from '../../src/domain/errors.js';
import { DAY_MS } from '../../src/domain/time.js';
import type { SessionListQuestion } from '../../src/ports/read-model/session-list.js';
import { SliceQueue } from '../../src/queries/figures/slice-queue.js';
import { SliceReading } from '../../src/queries/figures/slice-reading.js';
import type { QuerySettings } from '../../src/queries/query-settings.js';
import type { ReadModels } from '../../src/queries/read-models.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    run: jest.fn(() => done),
    end: () => {
      end();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const retryLater = { code: 'OVERLOADED', details: { retryAfterSeconds: 5 } };

const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
const after = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

describe('questions', () => {
  it('are worked out two at a time, in the order in which they came', async () => {
    const queue = new SliceQueue(30_000);
    const all = [work(), work(), work(), work()];
    const answers = all.map(({ run }) => queue.run(run));
    const begun = () => all.map(({ run }) => run.mock.calls.length);
    await settled();
    expect(begun()).toEqual([1, 1, 0, 0]);
    all[1]?.end();
    await settled();
    expect(begun()).toEqual([1, 1, 1, 0]);
    for (const { end } of all) end();
    await Promise.all(answers);
    expect(begun()).toEqual([1, 1, 1, 1]);
  });

  it('go on after one that failed', async () => {
    const queue = new SliceQueue(30_000);
    const failing = () => Promise.reject(new Error('away'));
    const asked = await Promise.allSettled([1, 2, 3, 4].map(() => queue.run(failing)));
    expect(asked.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await queue.run(() => Promise.resolve('there'))).toBe('there');
  });

  it('are refused where too many wait', async () => {
    const queue = new SliceQueue(30_000);
    const one = work();
    const asked = Array.from({ length: 52 }, () => queue.run(one.run));
    await expect(queue.run(one.run)).rejects.toMatchObject(retryLater);
    one.end();
    await Promise.all(asked);
  });

  it('are given up before their request is, and others have their turn', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue(30_000);
      const next = work();
      const asked = [queue.run(endless), queue.run(endless)].map((one) =>
        expect(one).rejects.toMatchObject({ code: 'TIMEOUT' }),
      );
      await jest.advanceTimersByTimeAsync(13_000);
      const waiting = queue.run(next.run);
      await jest.advanceTimersByTimeAsync(10_999);
      expect(next.run).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      await Promise.all(asked);
      expect(next.run).toHaveBeenCalledTimes(1);
      next.end();
      await waiting;
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are refused after 12 seconds in which it was not their turn', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue(30_000);
      const [long, late] = [work(), work()];
      const asked = [queue.run(long.run), queue.run(long.run)];
      const refused = expect(queue.run(late.run)).rejects.toMatchObject(retryLater);
      await jest.advanceTimersByTimeAsync(12_000);
      await refused;
      long.end();
      await Promise.all(asked);
      expect(late.run).not.toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    [30, 24],
    [10, 8],
    [3_600, 25],
  ])('of a request of %d s are over, their wait included, within %d', async (request, most) => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue(request * 1_000);
      const ended: [code: unknown, ms: number][] = [];
      const from = performance.now();
      const ask = (work: (signal: AbortSignal) => Promise<void>) =>
        queue.run(work).catch((error: unknown) => {
          ended.push([(error as PlayheadError).code, Math.round(performance.now() - from)]);
        });
      const soon = () => after(100 * most);
      const asked = [ask(endless), ask(soon), ask(endless), ask(endless)];
      await jest.advanceTimersByTimeAsync(most * 1_000);
      await Promise.all(asked);
      const all = most * 1_000;
      const wanted = [
        ['OVERLOADED', all / 2],
        ['TIMEOUT', all],
        ['TIMEOUT', all],
      ];
      expect(ended).toEqual(wanted);
    } finally {
      jest.useRealTimers();
    }
  });

  it('have one time for all their parts', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue(30_000);
      const askedAt = performance.now();
      const first = queue.run(() => after(20_000), askedAt);
      await jest.advanceTimersByTimeAsync(20_000);
      await first;
      const second = expect(queue.run(endless, askedAt)).rejects.toMatchObject({ code: 'TIMEOUT' });
      await jest.advanceTimersByTimeAsync(4_000);
      await second;
      const third = work();
      await expect(queue.run(third.run, askedAt)).rejects.toMatchObject({ code: 'TIMEOUT' });
      expect(third.run).not.toHaveBeenCalled();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('do not wait for a turn beyond that time', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue(30_000);
      const long = work();
      const asked = [queue.run(long.run), queue.run(long.run)];
      const askedAt = performance.now() - 20_000;
      const late = expect(queue.run(long.run, askedAt)).rejects.toMatchObject(retryLater);
      await jest.advanceTimersByTimeAsync(4_000);
      await late;
      long.end();
      await Promise.all(asked);
    } finally {
      jest.useRealTimers();
    }
  });
});

test('a list of sessions that is read in parts has the time of one question', async () => {
  jest.useFakeTimers();
  try {
    const part = jest.fn((signal: AbortSignal) => Promise.race([after(10_000), endless(signal)]));
    const models = {
      read: () => Promise.resolve(1),
      sessions: (_atLeast: number, _question: object, signal: AbortSignal) =>
        part(signal).then(() => []),
    } as unknown as ReadModels;
    const settings = { scanRowsMax: 1_000, requestMs: 30_000 } as QuerySettings;
    const question: SessionListQuestion = {
      ...{ started: { from: NOON - 60 * DAY_MS, to: NOON }, orderBy: 'STARTED' as const },
      ...{ filters: [], limit: 10 },
    };
    const listed = expect(
      new SliceReading(models, settings).list(question, termsAfter()),
    ).rejects.toMatchObject({ code: 'TIMEOUT' });
    await jest.advanceTimersByTimeAsync(24_000);
    await listed;
    expect(part).toHaveBeenCalledTimes(3);
  } finally {
    jest.useRealTimers();
  }
});
