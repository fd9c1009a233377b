import fc from 'fast-check';
import {
  captures,
  Collector,
  type Capture,
  type CapturedTruth,
  type Post,
  type ToldViews,
} from '../../support/cmcd-captures.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';

/** The interval at which the captured players reported, and by how much lengths may be off. */
const INTERVAL_MS = 5_000;
const SLACK_MS = 500;
const LENGTH_MS = 50;
const FINISHED_MS = 100;
const TORN_DOWN_MS = 800;
/** The longest time between two responses at the ends of the captured views. */
const RESPONSES_MS = 2_500;
const STALL_MS_MIN = 250;

const byName = captures.map((capture) => [capture.name, capture] as const);
const withStates = byName.filter(([name]) => !isReleasedShaka(name));
const withoutStates = byName.filter(([name]) => isReleasedShaka(name));

function isReleasedShaka(name: string): boolean {
  return name.startsWith('shaka-') && !name.startsWith('shaka-debug');
}

async function toldOf(posts: readonly Post[], nodes = 1): Promise<ToldViews> {
  const collector = new Collector(new MemoryEventStore(), nodes);
  await collector.take(posts);
  await collector.end();
  return collector.told();
}

/** What is told of each capture as it came: many changed ones are compared with it. */
const unchanged = new Map<Capture, Promise<ToldViews>>();

function toldUnchanged(capture: Capture): Promise<ToldViews> {
  const told = unchanged.get(capture) ?? toldOf(capture.posts);
  unchanged.set(capture, told);
  return told;
}

function expectNear(told: readonly number[], truth: readonly number[]): void {
  expect(told).toHaveLength(truth.length);
  told.forEach((length, i) => {
    expect(Math.abs(length - (truth[i] ?? NaN))).toBeLessThanOrEqual(LENGTH_MS);
  });
}

function expectTruth(told: ToldViews, { name, truth }: Pick<Capture, 'name' | 'truth'>): void {
  const views = name.includes('two') ? 2 : 1;
  expect(told.views).toBe(views);
  expectNear(
    told.stalls,
    truth.stalls.filter((length) => length >= STALL_MS_MIN),
  );
  expectNear(told.seeks, truth.seeks);
  expectNear(told.pauses, truth.pauses);
  expect(told.ends.filter((reason) => reason === 'ENDED')).toHaveLength(truth.ended);
  expect(told.errors).toEqual([]);
  expectWatched(told, truth, views);
  expectStartup(told, truth);
}

function expectWatched({ watchedMs }: ToldViews, truth: CapturedTruth, views: number): void {
  const isFinished = truth.ended === views;
  const least = isFinished ? FINISHED_MS : INTERVAL_MS + SLACK_MS;
  expect(watchedMs).toBeGreaterThanOrEqual(truth.stateMs - least);
  expect(watchedMs).toBeLessThanOrEqual(truth.stateMs + (isFinished ? FINISHED_MS : TORN_DOWN_MS));
}

function expectStartup({ startups: [first] }: ToldViews, { startupMs }: CapturedTruth): void {
  expect(first).toBeGreaterThanOrEqual((startupMs ?? NaN) - TORN_DOWN_MS);
  expect(first).toBeLessThanOrEqual((startupMs ?? NaN) + LENGTH_MS);
}

/** Exchanges reports that came within a time, as parallel requests may. */
const racing = (posts: readonly Post[], withinMs: number): fc.Arbitrary<readonly Post[]> =>
  fc
    .array(fc.integer({ min: 0, max: withinMs }), {
      minLength: posts.length,
      maxLength: posts.length,
    })
    .map((delays) =>
      posts
        .map((post, i) => ({ ...post, at: post.at + (delays[i] ?? 0) }))
        .sort((a, b) => a.at - b.at),
    );

describe('what is told of captured sessions', () => {
  it.each(withStates)('%s: as the media element has it', async (_, capture) => {
    const told = await toldUnchanged(capture);
    expectTruth(told, capture);
    // All these players report responses, which show how long they went on.
    expect(told.watchedMs).toBeGreaterThanOrEqual(capture.truth.stateMs - RESPONSES_MS);
  });

  it.each(withoutStates)(
    '%s: a view, and nothing that is not known',
    async (_, { posts, truth }) => {
      const told = await toldOf(posts);
      expect(told).toMatchObject({
        views: 1,
        statelessViews: 1,
        watchedMs: 0,
        stalls: [],
        seeks: [],
      });
      expectStartup(told, truth);
    },
  );

  it('dash-plain: the rendition and the bytes that only its responses tell', async () => {
    const plain = captures.find(({ name }) => name === 'dash-plain');
    if (plain === undefined) throw new Error('there is no such capture');
    const { posts, truth } = plain;
    const collector = new Collector(new MemoryEventStore());
    await collector.take(posts);
    await collector.end();
    const events = await collector.events();
    const shown = events.filter(
      ({ type }) => type === 'session_start' || type === 'quality_changed',
    );
    expect(shown.map(({ data }) => data.label)).toEqual(['700 kbps', '1500 kbps']);
    const [from = NaN, to = NaN] = shown.map(({ data }) => data.occurredAt);
    expectNear([to - from], [truth.byHeight[540] ?? NaN]);
    const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
    const bytes = sum(events.map(({ data }) => data.bytes ?? 0));
    expect(bytes / sum(Object.values(truth.bytes))).toBeCloseTo(1, 1);
  });

  it.each(withStates)('%s: the same, in any order within a race', async (_, capture) => {
    await fc.assert(
      fc.asyncProperty(racing(capture.posts, 400), async (posts) => {
        expectTruth(await toldOf(posts), capture);
      }),
      { numRuns: 15 },
    );
  });

  it.each(withStates)('%s: the same, each report sent twice', async (_, capture) => {
    const later = fc.integer({ min: 0, max: 20_000 });
    await fc.assert(
      fc.asyncProperty(later, async (delayMs) => {
        const again = capture.posts.map((post) => ({ ...post, at: post.at + delayMs }));
        const posts = [...capture.posts, ...again].sort((a, b) => a.at - b.at);
        expect(await toldOf(posts)).toEqual(await toldUnchanged(capture));
      }),
      { numRuns: 5 },
    );
  });

  it.each(withStates)('%s: the same, each report to one of two nodes', async (_, capture) => {
    const nodes = fc.array(fc.nat(1), {
      minLength: capture.posts.length,
      maxLength: capture.posts.length,
    });
    await fc.assert(
      fc.asyncProperty(nodes, racing(capture.posts, 100), async (chosen, posts) => {
        const spread = posts.map((post, i) => ({ ...post, node: chosen[i] ?? 0 }));
        expectTruth(await toldOf(spread, 2), capture);
      }),
      { numRuns: 15 },
    );
  });

  it.each(withStates)('%s: the same, a node killed at any report', async (_, capture) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(capture.posts.length), async (at) => {
        const collector = new Collector(new MemoryEventStore());
        await collector.take(capture.posts.slice(0, at));
        collector.kill(0);
        await collector.take(capture.posts.slice(at));
        await collector.end();
        expectTruth(await collector.told(), capture);
      }),
      { numRuns: 20 },
    );
  });

  it.each(withStates)('%s: never more than that, cut off at any report', async (_, capture) => {
    const whole = await toldUnchanged(capture);
    await fc.assert(
      fc.asyncProperty(fc.nat(capture.posts.length), async (length) => {
        const told = await toldOf(capture.posts.slice(0, length));
        expect(told.views).toBeLessThanOrEqual(whole.views);
        expect(told.watchedMs).toBeLessThanOrEqual(whole.watchedMs);
        expect(told.seeks).toEqual(whole.seeks.slice(0, told.seeks.length));
        expect(told.attempts).toBeLessThanOrEqual(whole.attempts);
      }),
      { numRuns: 20 },
    );
  });

  it.each(withStates)('%s: the same after an outage, all of it sent again', async (_, capture) => {
    const { posts } = capture;
    await fc.assert(
      fc.asyncProperty(fc.nat(posts.length), fc.integer({ min: 0, max: 4_500 }), async (at, ms) => {
        const from = posts[at]?.at ?? 0;
        const delayed = posts.map((post) =>
          post.at >= from && post.at < from + ms ? { ...post, at: from + ms } : post,
        );
        expectTruth(await toldOf(delayed.sort((a, b) => a.at - b.at)), capture);
      }),
      { numRuns: 15 },
    );
  });
});
