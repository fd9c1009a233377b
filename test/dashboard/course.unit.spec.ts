import { jest } from '@jest/globals';
import { AskError } from '../../dashboard/api/ask.js';
import type { Freshness } from '../../dashboard/api/schema.js';

// These know of a document, which the types of tests do not: what they need is described here.
interface Follow {
  readonly everyMs: number;
}
interface Known {
  readonly name: string;
  readonly question: { readonly variables: Readonly<Record<string, unknown>> };
  readonly data: object;
  readonly errors: Readonly<Record<string, { readonly code: string }>>;
}
interface Course {
  readonly known: Known | undefined;
  want(wanted: { name: string; question: object; follow: Follow }): void;
  retry(): void;
  readonly plan: () => void;
  stop(): void;
}
interface Heard {
  readonly stream: object;
  readonly words: number;
  readonly position: string;
}
interface Signal<Value> {
  value: Value;
  peek(): Value;
  subscribe(take: (value: Value) => void): () => void;
}
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { answeredAt, Course, FIGURES, TABLES } = await load<{
  readonly answeredAt: Signal<number>;
  readonly Course: new (draw: () => void) => Course;
  readonly FIGURES: Follow;
  readonly TABLES: Follow;
}>('../../dashboard/api/course.js');
const { heard, tellFreshness, unfollowed } = await load<{
  readonly heard: Signal<Heard | undefined>;
  readonly unfollowed: Signal<AskError | undefined>;
  readonly tellFreshness: (freshness: Freshness) => void;
}>('../../dashboard/api/stream.js');

/** Bodies of answers are read with these. */
const KEPT_REAL = ['nextTick', 'queueMicrotask', 'setImmediate'] as const;
const START = Date.parse('2026-11-29T12:00:00Z');

/** A request that the dashboard sent, to be answered as a test wants. */
interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly readAfter: string | undefined;
  readonly signal: AbortSignal;
  readonly answer: (data: object) => Promise<void>;
  readonly refuse: (code: string, more?: object) => Promise<void>;
}

let sent: Sent[];
let streams: number;
let names = 0;
let course: Course;
/** The tab, as far as a course asks about it. */
const tab = { hidden: false };

/** Lets promises that are settled be taken notice of. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};
const pass = async (ms: number): Promise<void> => {
  jest.advanceTimersByTime(ms);
  await settle();
};

beforeEach(() => {
  jest.useFakeTimers({ now: START, doNotFake: [...KEPT_REAL] });
  sent = [];
  streams = 0;
  heard.value = unfollowed.value = undefined;
  tab.hidden = false;
  Object.assign(globalThis, { document: tab });
  globalThis.fetch = ((_: unknown, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      const { query, variables } = JSON.parse(init.body as string) as Sent;
      const headers = init.headers as Record<string, string>;
      const body = async (json: object): Promise<void> => {
        resolve(new Response(JSON.stringify(json)));
        // A body is read in steps that are not of this thread alone.
        await new Promise(setImmediate);
        await settle();
      };
      const { signal } = init;
      if (signal == null) throw new Error('it cannot be broken off');
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      sent.push({
        ...{ query, variables, signal, readAfter: headers['read-after'] },
        answer: (data) => body({ data }),
        refuse: (code, more = {}) =>
          body({ data: null, errors: [{ message: code, ...more, extensions: { code } }] }),
      });
    })) as typeof fetch;
  course = new Course(() => undefined);
});
afterEach(() => {
  course.stop();
  deafen();
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
});

let deafen = (): void => undefined;
/** Wants a question of the figures; a name of its own, as answers are kept. */
function want(what: string, follow = FIGURES, more: object = {}): string {
  const name = `${what} ${String((names += 1))}`;
  const parts = { figures: `figures(range: $range, filter: $filter) { ${what} }` };
  course.want({ name, question: { parts, variables: { range: PAST, ...more } }, follow });
  deafen();
  deafen = heard.subscribe(course.plan);
  return name;
}
const PAST = { to: '2026-11-30T00:00:00Z' };
const freshness = (position: string, asOf = '2026-11-29T12:00:00Z'): Freshness => ({
  ...{ position, asOf, lagSeconds: 0, lagEvents: 0, parkedEvents: 0, stopped: [] },
});
const last = (): Sent => {
  const found = sent.at(-1);
  if (found === undefined) throw new Error('nothing was sent');
  return found;
};
/** The server says how far it is: as a stream that opens, or goes on. */
function say(position: string, isFirst = false): void {
  const before = isFirst ? undefined : heard.peek();
  tellFreshness(freshness(position));
  const { stream = { of: (streams += 1) }, words = -1 } = before ?? {};
  heard.value = { stream, words: words + 1, position };
}
const figures = (views: number, position: string, asOf?: string): object => ({
  freshness: freshness(position, asOf),
  figures: { views },
});
const views = (): unknown => (course.known?.data as { figures?: { views: number } }).figures?.views;

describe('one question after another', () => {
  it('an answer to an older question never counts', async () => {
    want('one');
    const older = last();
    const name = want('two');
    expect(older.signal.aborted).toBe(true);
    await last().answer(figures(2, 'p'));
    await older.answer(figures(1, 'p'));
    expect([course.known?.name, views()]).toEqual([name, 2]);
  });

  it('a follow-up is broken off by a new question', async () => {
    want('one');
    await last().answer(figures(1, 'p'));
    say('p', true);
    say('q');
    await pass(5_000);
    const followUp = last();
    expect(sent).toHaveLength(2);
    want('two');
    expect(followUp.signal.aborted).toBe(true);
    await last().answer(figures(2, 'q'));
    expect(views()).toBe(2);
  });

  it('old numbers are not those of a question that failed', async () => {
    want('one');
    await last().answer(figures(1, 'p'));
    const name = want('two');
    expect(views()).toBe(1);
    await last().refuse('TIMEOUT');
    expect([course.known?.name, views()]).toEqual([name, undefined]);
    expect(course.known?.errors.figures?.code).toBe('TIMEOUT');
  });

  it('they stay, as those of the question before, while the server is out of reach', async () => {
    const name = want('one');
    await last().answer(figures(1, 'p'));
    want('two');
    globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    course.retry();
    await settle();
    expect([course.known?.name, views()]).toEqual([name, 1]);
    expect(course.known?.errors.figures?.code).toBe('OFFLINE');
  });

  it('the numbers of the same question stay where it fails once more', async () => {
    want('one');
    await last().answer(figures(1, 'p'));
    course.retry();
    await last().refuse('INTERNAL');
    expect(views()).toBe(1);
    expect(course.known?.errors.figures?.code).toBe('INTERNAL');
  });
});

describe('news', () => {
  it('the first word is none where the answer is as far, and is one where it is not', async () => {
    want('one');
    await last().answer(figures(1, 'p'));
    say('p', true);
    await pass(60_000);
    expect(sent).toHaveLength(1);
    want('two');
    await last().answer(figures(1, 'p'));
    say('q', true);
    await pass(5_000);
    expect(last().readAfter).toBe('q');
    expect(sent).toHaveLength(3);
  });

  it('that comes while it is asked is asked for afterwards', async () => {
    say('p', true);
    want('one');
    say('q');
    await last().answer(figures(1, 'p'));
    await pass(4_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect([sent.length, last().readAfter]).toEqual([2, 'q']);
    await last().answer(figures(2, 'q'));
    await pass(60_000);
    expect(sent).toHaveLength(2);
  });

  it('is every word, also where the slowest read model stays where it was', async () => {
    say('p', true);
    want('one');
    await last().answer(figures(1, 'p'));
    say('p');
    await pass(5_000);
    expect(sent).toHaveLength(2);
  });

  it('is asked for no sooner than the pace allows', async () => {
    say('p', true);
    want('one', TABLES);
    await pass(2_000);
    await last().answer(figures(1, 'p'));
    for (let second = 0; second < 39; second += 1) {
      say(`q${String(second)}`);
      await pass(1_000);
    }
    expect(sent).toHaveLength(1);
    await pass(1_000);
    expect(sent).toHaveLength(2);
  });

  it('a kept answer is as fresh as when it was asked', async () => {
    say('p', true);
    const name = want('one');
    const asked = { parts: { figures: 'figures(range: $range) { one }' }, variables: {} };
    await last().answer(figures(1, 'p'));
    want('two');
    await last().answer(figures(2, 'p'));
    say('q');
    course.want({ name, question: asked, follow: FIGURES });
    expect([views(), sent.length]).toEqual([1, 2]);
    await pass(5_000);
    expect([sent.length, last().readAfter]).toEqual([3, 'q']);
  });

  it('is none for a range that was over when it was asked, but for who watches', async () => {
    say('p', true);
    want('past', FIGURES, { range: { to: '2026-11-29T12:00:00Z' } });
    await last().answer(figures(1, 'p'));
    say('q');
    await pass(60_000);
    expect(sent).toHaveLength(1);
    const parts = { figures: 'figures(range: $range) { x }', live: 'live { viewers }' };
    const variables = { range: { to: '2026-11-29T12:00:00Z' } };
    course.want({ name: 'with live', question: { parts, variables }, follow: FIGURES });
    await last().answer({ ...figures(1, 'q'), live: { viewers: 0 } });
    say('r');
    await pass(5_000);
    expect(last().query).toContain('live');
    expect(last().query).not.toContain('figures');
    await last().answer({ freshness: freshness('r'), live: { viewers: 3 } });
    expect(course.known?.data).toMatchObject({ figures: { views: 1 }, live: { viewers: 3 } });
  });

  it('of a range that ends meanwhile is asked for once more', async () => {
    say('p', true);
    want('ends', FIGURES, { range: { to: '2026-11-29T12:00:03Z' } });
    await last().answer(figures(1, 'p'));
    say('q');
    await pass(5_000);
    expect(sent).toHaveLength(2);
    await last().answer(figures(2, 'q', '2026-11-29T12:00:05Z'));
    say('r');
    await pass(60_000);
    expect(sent).toHaveLength(2);
  });
});

describe('who watches', () => {
  /** Wants figures of a range that is not over, and who watches; the server answers. */
  async function wantBoth(viewers = 2): Promise<void> {
    const parts = { figures: 'figures(range: $range) { x }', live: 'live { viewers }' };
    const valueAt = (nowMs: number): object => ({ to: new Date(nowMs + 1_000).toISOString() });
    const question = { parts, variables: { range: { valueAt } } };
    course.want({ name: `both ${String((names += 1))}`, question, follow: FIGURES });
    deafen();
    deafen = heard.subscribe(course.plan);
    await last().answer({ ...figures(1, 'p'), live: { viewers } });
  }
  const live = (viewers: number, position = 'p'): object => ({
    freshness: freshness(position),
    live: { viewers },
  });

  it('is counted again where viewers may have left without an event, and nothing else', async () => {
    say('p', true);
    await wantBoth();
    await pass(24_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
    expect(last().query).toContain('live');
    expect(last().query).not.toContain('figures');
    await last().answer(live(0));
    expect(course.known?.data).toMatchObject({ figures: { views: 1 }, live: { viewers: 0 } });
    // The figures are still those of the range that they were asked for.
    expect(course.known?.question.variables.range).toEqual({ to: '2026-11-29T12:00:01.000Z' });
    await pass(600_000);
    expect(sent).toHaveLength(2);
  });

  it('is asked again alone where that alone failed', async () => {
    await wantBoth();
    await pass(25_000);
    await last().refuse('RATE_LIMITED');
    await pass(1_000);
    expect(sent).toHaveLength(3);
    expect(last().query).not.toContain('figures');
  });

  it('hides no news of the figures: they are as old as before', async () => {
    await wantBoth();
    await pass(25_000);
    await last().answer(live(1, 'q'));
    say('q', true);
    await pass(5_000);
    expect(sent).toHaveLength(3);
    expect(last().query).toContain('figures');
  });

  it('is not asked while the tab is hidden, nor is anything else; seen again, once', async () => {
    say('p', true);
    await wantBoth();
    tab.hidden = true;
    course.plan();
    say('q');
    await pass(600_000);
    expect(sent).toHaveLength(1);
    tab.hidden = false;
    course.plan();
    await pass(0);
    expect(sent).toHaveLength(2);
    expect(last().query).toContain('figures');
    // The stream of a tab that is seen again begins anew, and tells what the answer knows.
    say('r', true);
    await last().answer({ ...figures(2, 'r'), live: { viewers: 0 } });
    await pass(600_000);
    expect(sent).toHaveLength(2);
  });

  it('a tab that is hidden for a moment only is no reason to ask sooner', async () => {
    await wantBoth();
    tab.hidden = true;
    course.plan();
    tab.hidden = false;
    course.plan();
    await pass(4_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
  });
});

describe('what failed', () => {
  it('is asked again by itself where it passes, and not sooner for news', async () => {
    say('p', true);
    want('one');
    await last().refuse('RATE_LIMITED', { path: ['figures'], extensions: {} });
    expect(sent).toHaveLength(1);
    say('q');
    await pass(999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
  });

  it('is asked again for news at the slow pace', async () => {
    say('p', true);
    want('one');
    await last().refuse('STORE_UNAVAILABLE');
    say('q');
    await pass(29_999);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(sent).toHaveLength(2);
  });
});

it.each(['OFFLINE', 'BUSY'])('without a stream, for %s, it is slow or asks not', async (code) => {
  want('one');
  await last().answer(figures(1, 'p'));
  unfollowed.value = new AskError(code, '');
  course.plan();
  await pass(29_999);
  expect(sent).toHaveLength(1);
  await pass(1);
  expect(sent).toHaveLength(code === 'OFFLINE' ? 1 : 2);
});

it('numbers are of when some came: an answer that is an error brings none', async () => {
  want('one');
  await last().answer(figures(1, 'p'));
  await pass(10_000);
  course.retry();
  await last().refuse('INTERNAL');
  expect(answeredAt.value).toBe(START);
});

it('a range that goes along with the clock is worked out when it is asked', async () => {
  say('p', true);
  const valueAt = (nowMs: number): object => ({ to: new Date(nowMs + 1_000).toISOString() });
  want('moving', FIGURES, { range: { valueAt }, filter: ['stays'] });
  expect(last().variables.range).toEqual({ to: '2026-11-29T12:00:01.000Z' });
  expect(last().variables.filter).toEqual(['stays']);
  await last().answer(figures(1, 'p'));
  say('q');
  await pass(7_000);
  expect(last().variables.range).toEqual({ to: '2026-11-29T12:00:06.000Z' });
  expect(course.known?.question.variables.range).toEqual({ to: '2026-11-29T12:00:01.000Z' });
});
