import fc from 'fast-check';
import { CMCD_STATES } from '../../../src/domain/cmcd/cmcd-report.js';
import type { PlaybackEvent } from '../../../src/domain/event.js';
import { Collector, type Post } from '../../support/cmcd-captures.js';
import { postsOf } from '../../support/cmcd-reports.js';
import { MemoryEventStore } from '../../support/memory/memory-event-store.js';

interface Made {
  readonly afterMs: number;
  readonly event: string;
  readonly keys: string;
  readonly isRestarted: boolean;
}

const made: fc.Arbitrary<Made> = fc.record({
  afterMs: fc.oneof(fc.nat(2_000), fc.nat(400_000)),
  event: fc.constantFrom('ps', 'ps', 'ps', 't', 't', 'bc', 'e', 'b', 'pr', 'rr'),
  keys: fc
    .tuple(
      fc.option(fc.constantFrom(...CMCD_STATES).map((state) => `sta=${state}`)),
      fc.option(fc.nat(5_000).map((ms) => `msd=${String(ms)}`)),
      fc.option(fc.constantFrom('br=(300)', 'br=(3000),bl=(4000)', 'br=(9000),bl=(0)')),
      fc.option(fc.constantFrom('bg', 'ec=27', 'rc=404', 'rc=200')),
    )
    .map((keys) => keys.filter((key) => key !== null).join(',')),
  isRestarted: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0),
});

const runs = fc.array(made, { minLength: 1, maxLength: 30 });

/** What a player sends that does all this, each report at once. */
function sentOf(reports: readonly Made[]): readonly Post[] {
  let atMs = 0;
  return postsOf(
    reports.map(({ afterMs, event, keys, isRestarted }) => {
      atMs += afterMs + 1;
      // A response is never the first that a player reports of, and brings no first frame.
      if (event === 'rr') return [atMs, event, keys.replace(/,?msd=\d+/, '').replace(/^,/, '')];
      return [atMs, event, isRestarted ? `${keys},sn=0` : keys];
    }),
  );
}

/** What a log holds of a run, each event read as it is stored. */
async function eventsOf(posts: readonly Post[], nodes = 1) {
  const collector = new Collector(new MemoryEventStore(), nodes);
  await collector.take(posts);
  await collector.end();
  return collector.events();
}

const said = (events: readonly PlaybackEvent[]): readonly object[] =>
  events.map(({ type, data }) => ({ type, data: { ...data, cmcd: undefined } }));

describe('any reports of a player', () => {
  it('are told by events that can be read, in the order of time, never counted twice', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (reports) => {
        const posts = sentOf(reports);
        const events = await eventsOf(posts);
        const times = events.map(({ data }) => data.occurredAt);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const [first, last] = [posts[0]?.at ?? 0, posts.at(-1)?.at ?? 0];
        const sum = events.reduce(
          (total, { type, data: { durationMs = 0 } }) =>
            type === 'seeked' || type === 'resumed' ? total : total + durationMs,
          0,
        );
        expect(sum).toBeLessThanOrEqual(last - first);
        const ids = events.flatMap(({ data: { eventId } }) => eventId ?? []);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 500 },
    );
  });

  it('say the same however often each is sent', async () => {
    const again = fc.tuple(runs, fc.array(fc.nat(60_000), { minLength: 30, maxLength: 30 }));
    await fc.assert(
      fc.asyncProperty(again, async ([reports, delays]) => {
        const posts = sentOf(reports);
        const twice = posts.flatMap((post, i) => [
          post,
          { ...post, at: post.at + (delays[i] ?? 0) },
        ]);
        const sent = twice.sort((a, b) => a.at - b.at);
        expect(said(await eventsOf(sent))).toEqual(said(await eventsOf(posts)));
      }),
      { numRuns: 300 },
    );
  });
});
