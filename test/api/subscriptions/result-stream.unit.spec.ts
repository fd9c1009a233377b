import { jest } from '@jest/globals';
import type { ExecutionResult } from 'graphql';
import { OpenSubscriptions } from '../../../src/api/subscriptions/open-subscriptions.js';
import { ResultStream } from '../../../src/api/subscriptions/result-stream.js';
import { codedError } from '../../../src/api/graphql/graphql-errors.js';
import { badInput, PlayheadError } from '../../../src/domain/errors.js';
import { Telemetry } from '../../../src/telemetry/telemetry.js';

const TIMES = { takeMs: 30_000, lingerMs: 5_000 };
const ADVANCED = { operation: 'subscription', field: 'advanced' };

/** Says that no log was looked at. */
const nowhere = (): undefined => undefined;

/** A source of results that also tells whether it was left. */
async function* sourceOf(results: readonly (ExecutionResult | Error)[], left: string[] = []) {
  try {
    for (const result of results) {
      if (result instanceof Error) throw result;
      yield await Promise.resolve(result);
    }
  } finally {
    left.push('left');
  }
}

const valueOf = (value: number): ExecutionResult => ({ data: { value } });

function streamOf(
  results: readonly (ExecutionResult | Error)[],
  scanned: () => string | undefined = nowhere,
) {
  const ends: string[] = [];
  const left: string[] = [];
  const onEnd = (code: string) => ends.push(code);
  const stream = new ResultStream(sourceOf(results, left), TIMES, onEnd, scanned);
  return { stream, ends, left };
}

/** Takes all results, at once. */
async function all(stream: ResultStream) {
  const results = [];
  for await (const result of stream) results.push(result);
  return results;
}

describe('a stream of results', () => {
  test('ends with its source', async () => {
    const { stream, ends, left } = streamOf([valueOf(1), valueOf(2)]);
    expect(await all(stream)).toEqual([{ data: { value: 1 } }, { data: { value: 2 } }]);
    expect([ends, left]).toEqual([['OK'], ['left']]);
  });

  test('says how far the log was looked at for each result', async () => {
    const places = ['a', 'b'];
    const { stream } = streamOf([valueOf(1), valueOf(2)], () => places.shift());
    expect(await all(stream)).toEqual([
      { data: { value: 1 }, extensions: { position: 'a' } },
      { data: { value: 2 }, extensions: { position: 'b' } },
    ]);
  });

  test('ends with a result that has errors, and tells their codes', async () => {
    const errors = [codedError(badInput('value', 'is not there'))];
    const { stream, ends, left } = streamOf([valueOf(1), { data: null, errors }, valueOf(2)]);
    expect(await all(stream)).toEqual([
      { data: { value: 1 } },
      {
        data: null,
        errors: [{ message: 'value: is not there', extensions: { code: 'BAD_USER_INPUT' } }],
      },
    ]);
    expect([ends, left]).toEqual([['BAD_USER_INPUT'], ['left']]);
  });

  test.each([
    ['of ours, with its code', new PlayheadError('STORE_UNAVAILABLE', 'gone'), 'gone'],
    ['of another kind, without its text', new Error('driver'), 'something failed'],
  ])('ends with an error of its source: %s', async (_, error, message) => {
    const { stream, ends } = streamOf([valueOf(1), error]);
    const code = error instanceof PlayheadError ? error.code : 'INTERNAL';
    const results = await all(stream);
    expect(results).toMatchObject([{ data: { value: 1 } }, { errors: [{ extensions: { code } }] }]);
    expect(results[1]?.errors?.[0]?.message).toContain(message);
    expect(ends).toEqual([code]);
  });

  test('ends while its source is silent, when the client leaves', async () => {
    const ends: string[] = [];
    const silent: AsyncGenerator<ExecutionResult> = {
      ...sourceOf([]),
      next: () => new Promise(() => undefined),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
    const stream = new ResultStream(silent, TIMES, (code) => ends.push(code), nowhere);
    void stream.next();
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect(ends).toEqual(['OK']);
  });
});

describe('a client that takes no results', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const OVERLOADED = { errors: [{ extensions: { code: 'OVERLOADED' } }] };

  test('is told OVERLOADED when it comes back', async () => {
    const { stream, ends, left } = streamOf([valueOf(1), valueOf(2)]);
    const stuck = jest.fn();
    stream.onStuck = stuck;
    await stream.next();
    await jest.advanceTimersByTimeAsync(TIMES.takeMs - 1);
    expect(ends).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect([ends, left]).toEqual([['OVERLOADED'], ['left']]);
    expect(await stream.next()).toMatchObject({ done: false, value: OVERLOADED });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await jest.advanceTimersByTimeAsync(10 * TIMES.lingerMs);
    expect(stuck).not.toHaveBeenCalled();
  });

  test.each([
    ['at all', false],
    ['but for the last', true],
  ])('%s, is given up', async (_, takesLast) => {
    const { stream } = streamOf([valueOf(1), valueOf(2)]);
    const stuck = jest.fn();
    stream.onStuck = stuck;
    await stream.next();
    await jest.advanceTimersByTimeAsync(TIMES.takeMs);
    if (takesLast) await stream.next();
    await jest.advanceTimersByTimeAsync(TIMES.lingerMs - 1);
    expect(stuck).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(stuck).toHaveBeenCalledTimes(1);
  });

  test('keeps no timer once it has left', async () => {
    const { stream } = streamOf([valueOf(1), valueOf(2)]);
    await stream.next();
    await stream.return();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the open subscriptions of a node', () => {
  const limits = { max: 2, times: TIMES };
  const open = (subscriptions: OpenSubscriptions) =>
    subscriptions.open(ADVANCED, () => Promise.resolve(sourceOf([valueOf(1)])), nowhere);
  const streamIn = async (subscriptions: OpenSubscriptions): Promise<ResultStream> => {
    const stream = await open(subscriptions);
    if (stream instanceof ResultStream) return stream;
    throw new Error('no stream');
  };

  test('are as many as may be; the next is OVERLOADED until one ends', async () => {
    const subscriptions = new OpenSubscriptions(new Telemetry(), limits);
    const first = await streamIn(subscriptions);
    const slow = subscriptions.open(ADVANCED, () => new Promise(() => undefined), nowhere);
    await expect(open(subscriptions)).rejects.toMatchObject({
      code: 'OVERLOADED',
      details: { retryAfterSeconds: 5 },
    });
    await first.return();
    await open(subscriptions);
    void slow;
  });

  test('are 200 by default', async () => {
    const subscriptions = new OpenSubscriptions(new Telemetry());
    for (let i = 0; i < 200; i += 1) await open(subscriptions);
    await expect(open(subscriptions)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  test('keep no place for one that could not start', async () => {
    const subscriptions = new OpenSubscriptions(new Telemetry(), { ...limits, max: 1 });
    const failed = subscriptions.open(ADVANCED, () => Promise.reject(new Error('cannot')), nowhere);
    await expect(failed).rejects.toMatchObject({ message: 'cannot' });
    const refused = { errors: [codedError(badInput('name', 'is wrong'))] };
    expect(await subscriptions.open(ADVANCED, () => Promise.resolve(refused), nowhere)).toBe(
      refused,
    );
    await open(subscriptions);
  });

  test('are completed at the end, and none is opened from then on', async () => {
    const subscriptions = new OpenSubscriptions(new Telemetry(), limits);
    const stream = await streamIn(subscriptions);
    const startLate = async () => {
      await subscriptions.endAll();
      return sourceOf([valueOf(1)]);
    };
    const late = subscriptions.open(ADVANCED, startLate, nowhere);
    expect(await ((await late) as ResultStream).next()).toMatchObject({ done: true });
    expect(await stream.next()).toMatchObject({ done: true });
    await expect(open(subscriptions)).rejects.toMatchObject({ code: 'OVERLOADED' });
  });

  test('are measured, with the codes that ended them', async () => {
    const telemetry = new Telemetry();
    const subscriptions = new OpenSubscriptions(telemetry, limits);
    const stream = await streamIn(subscriptions);
    const value = async (name: string) =>
      (await telemetry.registry.getSingleMetric(name)?.get())?.values;
    const open = 'playhead_graphql_open_subscriptions';
    expect(await value(open)).toMatchObject([{ value: 1 }]);
    await stream.return();
    await stream.return();
    expect(await value(open)).toMatchObject([{ value: 0 }]);
    expect(await value('playhead_graphql_subscriptions_ended_total')).toEqual([
      { labels: { field: 'advanced', code: 'OK' }, value: 1 },
    ]);
  });
});
