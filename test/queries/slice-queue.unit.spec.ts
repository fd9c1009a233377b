import { jest } from '@jest/globals';
import { SliceQueue } from '../../src/queries/figures/slice-queue.js';

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

describe('questions', () => {
  it('are worked out two at a time, in the order in which they came', async () => {
    const queue = new SliceQueue();
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
    const queue = new SliceQueue();
    const failing = () => Promise.reject(new Error('away'));
    const asked = await Promise.allSettled([1, 2, 3, 4].map(() => queue.run(failing)));
    expect(asked.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await queue.run(() => Promise.resolve('there'))).toBe('there');
  });

  it('are refused where too many wait', async () => {
    const queue = new SliceQueue();
    const one = work();
    const asked = Array.from({ length: 52 }, () => queue.run(one.run));
    await expect(queue.run(one.run)).rejects.toMatchObject(retryLater);
    one.end();
    await Promise.all(asked);
  });

  it('are given up after 25 seconds of work, and others have their turn', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue();
      const endless = (signal: AbortSignal) =>
        new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      const next = work();
      const asked = [queue.run(endless), queue.run(endless)].map((one) =>
        expect(one).rejects.toMatchObject({ code: 'TIMEOUT' }),
      );
      await jest.advanceTimersByTimeAsync(10_000);
      const waiting = queue.run(next.run);
      await jest.advanceTimersByTimeAsync(14_999);
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

  it('are refused after 20 seconds in which it was not their turn', async () => {
    jest.useFakeTimers();
    try {
      const queue = new SliceQueue();
      const [long, late] = [work(), work()];
      const asked = [queue.run(long.run), queue.run(long.run)];
      const refused = expect(queue.run(late.run)).rejects.toMatchObject(retryLater);
      await jest.advanceTimersByTimeAsync(20_000);
      await refused;
      long.end();
      await Promise.all(asked);
      expect(late.run).not.toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });
});
