import { jest } from '@jest/globals';
import type { Freshness } from '../../dashboard/api/schema.js';

// These know of a document, which the types of tests do not: what they need is described here.
interface Signal<Value> {
  value: Value;
}
interface Listener {
  readonly onNext: (data: { advanced: Freshness }, isFirst: boolean) => void;
  readonly onFault?: (error: { readonly code: string }) => void;
}
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;

/** Bodies of answers are read with these. */
const KEPT_REAL = ['nextTick', 'queueMicrotask', 'setImmediate'] as const;
const listeners = new Set<() => void>();
const tab = {
  hidden: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};
/** How the server answers whoever wants to follow; it tells one word to each. */
let answer: () => Response;
let tries = 0;
let end = (): void => undefined;

Object.assign(globalThis, {
  document: tab,
  addEventListener: (_: string, listener: () => void) => listeners.add(listener),
  removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  fetch: () => {
    tries += 1;
    return Promise.resolve().then(() => answer());
  },
});
const { follow, unfollowed, wakeStream } = await load<{
  readonly follow: (asked: { query: string }, listener: Listener) => () => void;
  readonly unfollowed: Signal<{ readonly code: string } | undefined>;
  readonly wakeStream: () => void;
}>('../../dashboard/api/stream.js');
const { key, refusal } = await load<{
  readonly key: Signal<string>;
  readonly refusal: Signal<string | undefined>;
}>('../../dashboard/api/key.js');

const goOnline = (): void => {
  for (const listener of listeners) listener();
};
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
};
const pass = async (ms: number): Promise<void> => {
  jest.advanceTimersByTime(ms);
  await settle();
};
const refuse = (status: number, code: string, retryAfter?: string) => (): Response =>
  new Response(JSON.stringify({ errors: [{ message: code, extensions: { code } }] }), {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });
const breakOff = (): Response => {
  throw new TypeError('Failed to fetch');
};
const told: string[] = [];
const tell = (): Response => {
  const word = JSON.stringify({ data: { advanced: { position: 'p' } } });
  const body = new ReadableStream({
    start: (stream) => {
      stream.enqueue(new TextEncoder().encode(`event: next\ndata: ${word}\n\n`));
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
};
const start = async (): Promise<void> => {
  end = follow({ query: 'x' }, { onNext: ({ advanced }) => told.push(advanced.position) });
  await settle();
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: [...KEPT_REAL] });
  tries = told.length = 0;
  key.value = '';
  refusal.value = undefined;
});
afterEach(() => {
  end();
  jest.useRealTimers();
});
afterAll(() => {
  for (const name of ['document', 'addEventListener', 'removeEventListener']) {
    Reflect.deleteProperty(globalThis, name);
  }
});

describe('a stream that is refused', () => {
  it.each([
    [401, 'UNAUTHENTICATED', '', 'asked'],
    [401, 'UNAUTHENTICATED', 'k', 'wrong'],
    [403, 'FORBIDDEN', 'k', 'forbidden'],
  ])('for its key, with %d %s, leads to the field', async (status, code, sent, state) => {
    key.value = sent;
    answer = refuse(status, code);
    await start();
    expect(refusal.value).toBe(state);
  });

  it('is said to be none, and comes again when the server said', async () => {
    answer = refuse(429, 'RATE_LIMITED', '40');
    await start();
    expect([tries, unfollowed.value?.code, refusal.value]).toEqual([1, 'RATE_LIMITED', undefined]);
    // Neither the network nor another answer brings it back sooner.
    goOnline();
    wakeStream();
    await pass(39_999);
    expect(tries).toBe(1);
    answer = tell;
    await pass(1);
    expect([tries, unfollowed.value, told]).toEqual([2, undefined, ['p']]);
  });

  it('comes again by itself where nobody said when, at longer and longer intervals', async () => {
    answer = refuse(502, 'HTTP 502');
    await start();
    await pass(500);
    await pass(999);
    expect(tries).toBe(2);
    await pass(1);
    expect([tries, unfollowed.value?.code]).toEqual([3, 'HTTP 502']);
  });
});

describe('a stream that broke off', () => {
  it.each([
    ['the network is back', goOnline],
    ['something else is answered', wakeStream],
  ])('comes again as soon as %s', async (_, wake) => {
    answer = breakOff;
    await start();
    for (let i = 0; i < 8; i += 1) await pass(30_000);
    const before = tries;
    expect(unfollowed.value?.code).toBe('OFFLINE');
    answer = tell;
    wake();
    await settle();
    expect([tries, unfollowed.value, told]).toEqual([before + 1, undefined, ['p']]);
    await pass(60_000);
    expect(tries).toBe(before + 1);
  });

  it('hears of the network also where the one before ended only after it began', async () => {
    answer = breakOff;
    await start();
    const endBefore = end;
    await start();
    endBefore();
    expect(unfollowed.value?.code).toBe('OFFLINE');
    const before = tries;
    answer = tell;
    goOnline();
    await settle();
    expect([tries, told]).toEqual([before + 1, ['p']]);
  });

  it('that is over comes never again', async () => {
    answer = breakOff;
    await start();
    end();
    wakeStream();
    await pass(60_000);
    expect([tries, unfollowed.value]).toEqual([1, undefined]);
  });
});
