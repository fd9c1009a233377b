import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Feed } from '../../../src/api/subscriptions/feed.js';

const REST_MS = 1_000;

/** A feed of a number that can be set, and of the looks at it. */
function feedOf(first: number) {
  const source = { value: first, looks: 0, failure: undefined as Error | undefined };
  const feed = new Feed(() => {
    source.looks += 1;
    const { failure, value } = source;
    return failure === undefined ? Promise.resolve(value) : Promise.reject(failure);
  }, REST_MS);
  const watch = () => feed.watch((value) => ({ value, mark: String(value) }));
  return { source, feed, watch };
}

const rest = (times = 1): Promise<void> => jest.advanceTimersByTimeAsync(times * REST_MS);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a watcher gets the value of the first look, then each that differs', async () => {
  const { source, watch } = feedOf(1);
  const watcher = watch();
  expect(await watcher.next()).toEqual({ done: false, value: 1 });
  const next = watcher.next();
  await rest(3);
  source.value = 2;
  await rest();
  expect(await next).toEqual({ done: false, value: 2 });
  await watcher.return?.();
});

test('one look serves all who watch, and other work gets its turn between them', async () => {
  const { source, watch } = feedOf(1);
  const watchers = Array.from({ length: 50 }, watch);
  const told: number[] = [];
  for (const one of watchers) void one.next().then(() => told.push(turns));
  let turns = 0;
  const takeTurns = async (): Promise<void> => {
    for (const end = turns + 4 * watchers.length; turns < end; turns += 1) await pause(1);
  };
  await takeTurns();
  expect([told.length, new Set(told).size]).toEqual([50, 50]);
  for (const looks of [2, 3]) {
    await rest();
    await takeTurns();
    expect(source.looks).toBe(looks);
  }
  for (const one of watchers) await one.return?.();
});

test('nobody looks while nobody watches', async () => {
  const { source, watch } = feedOf(1);
  const [first, second] = [watch(), watch()];
  await Promise.all([first.next(), second.next()]);
  await first.return?.();
  await rest();
  expect(source.looks).toBe(2);
  await second.return?.();
  expect(jest.getTimerCount()).toBe(0);
  await rest(10);
  expect(source.looks).toBe(2);
  const third = watch();
  expect(await third.next()).toEqual({ done: false, value: 1 });
  await third.return?.();
});

test('who comes while others watch gets the value of the next look, though it is the same', async () => {
  const { watch } = feedOf(1);
  const first = watch();
  await first.next();
  const second = watch();
  const next = second.next();
  await rest();
  expect(await next).toEqual({ done: false, value: 1 });
  await first.return?.();
  await second.return?.();
});

test('who does not take values gets only the newest, then', async () => {
  const { source, watch } = feedOf(1);
  const watcher = watch();
  for (let value = 2; value < 100; value += 1) {
    await rest();
    source.value = value;
  }
  await rest();
  expect(await watcher.next()).toEqual({ done: false, value: 99 });
  await watcher.return?.();
});

test('a wait ends when its watcher leaves', async () => {
  const { watch } = feedOf(1);
  const watcher = watch();
  await watcher.next();
  const next = watcher.next();
  await watcher.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await watcher.next()).toEqual({ done: true, value: undefined });
});

test('a look that fails ends all who watch, and no more is looked at', async () => {
  const { source, watch } = feedOf(1);
  const [waiting, absent] = [watch(), watch()];
  await waiting.next();
  await absent.next();
  const next = waiting.next();
  const seen = expect(next).rejects.toThrow('out of reach');
  source.failure = new Error('out of reach');
  await rest();
  await seen;
  await expect(absent.next()).rejects.toThrow('out of reach');
  expect(await absent.next()).toEqual({ done: true, value: undefined });
  await rest(5);
  expect(source.looks).toBe(2);
});

test('a value that cannot be made ends its watcher alone', async () => {
  const { feed, watch } = feedOf(1);
  const other = watch();
  const broken = feed.watch<number>(() => {
    throw new Error('not known');
  });
  await expect(broken.next()).rejects.toThrow('not known');
  expect(await other.next()).toEqual({ done: false, value: 1 });
  await other.return?.();
});

describe('who says what interests them', () => {
  /** A feed of images that hold only what is of interest to those who watch. */
  function feedOfSubjects() {
    const looks: (readonly string[])[] = [];
    const feed = new Feed<readonly string[], string>((subjects) => {
      looks.push(subjects);
      return Promise.resolve(subjects.map((one) => `${one} ${String(looks.length)}`));
    }, REST_MS);
    const watch = (subject: string) => {
      const seenIn = (image: readonly string[]) => {
        const value = image.find((one) => one.startsWith(subject));
        return value === undefined ? undefined : { value, mark: value };
      };
      return feed.watch(seenIn, { subject, first: [`${subject} first`] });
    };
    return { looks, watch };
  }

  test('is told what is known already, then what is seen after a rest', async () => {
    const { looks, watch } = feedOfSubjects();
    const watcher = watch('a');
    expect(await watcher.next()).toEqual({ done: false, value: 'a first' });
    expect(looks).toEqual([]);
    await rest();
    expect(await watcher.next()).toEqual({ done: false, value: 'a 1' });
    expect(looks).toEqual([['a']]);
    await watcher.return?.();
  });

  test('is told nothing by an image that was made for others', async () => {
    const { looks, watch } = feedOfSubjects();
    const first = watch('a');
    await rest();
    const second = watch('b');
    expect(await second.next()).toEqual({ done: false, value: 'b first' });
    await rest();
    expect(await second.next()).toEqual({ done: false, value: 'b 2' });
    expect(looks).toEqual([['a'], ['a', 'b']]);
    await first.return?.();
    await rest();
    expect(looks.at(-1)).toEqual(['b']);
    await second.return?.();
  });
});

test('a look takes a twentieth of the time at most', async () => {
  let looks = 0;
  const feed = new Feed(async () => {
    looks += 1;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    return looks;
  }, REST_MS);
  const watcher = feed.watch((value) => ({ value, mark: String(value) }));
  await rest(20);
  expect(looks).toBe(1);
  await rest(2);
  expect(looks).toBe(2);
  await watcher.return?.();
  await rest();
});

test('looks that take long are a minute apart at most, so that no minute is missed', async () => {
  const begun: number[] = [];
  const feed = new Feed(async () => {
    begun.push(Date.now());
    await new Promise((resolve) => setTimeout(resolve, 10 * REST_MS));
    return begun.length;
  }, REST_MS);
  const watcher = feed.watch((value) => ({ value, mark: String(value) }));
  await rest(150);
  const [first = 0] = begun;
  expect(begun.map((at) => at - first)).toEqual([0, 60_000, 120_000]);
  await watcher.return?.();
  await rest(20);
});
