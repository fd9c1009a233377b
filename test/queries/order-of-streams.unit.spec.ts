import fc from 'fast-check';
import { PERIOD_MINUTES, TIME_PERIODS } from '../../src/domain/period.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { RollupWindowQuery } from '../../src/queries/rollup-window.query.js';
import { logOf } from '../support/event-logs.js';
import { MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { twoLogs } from '../support/playback-histories.js';
import { registered } from '../support/project.js';

/** When the queries are asked: within the day after the last event. */
const now = NOON + DAY_MS + 34 * MINUTE_MS + 12_345;
const RUNS = { numRuns: 25 };
const MEDIA = ['m1', 'm2', 'm3'];
const FLOAT_ERROR_MAX = 1e-9;

const titles = MEDIA.map((mediaId) => registered(mediaId, `The title of ${mediaId}`));
type Log = Parameters<typeof logOf>[0];

/** Puts the streams of the titles among those of the sessions, each at a place of its own. */
const withTitles = (log: Log, places: readonly number[]): Log =>
  titles.reduce((all: Log, title, i) => {
    const place = (places[i] ?? 0) % (all.length + 1);
    return [...all.slice(0, place), title, ...all.slice(place)];
  }, log);

/** The answers to all queries of a server that has folded a log. */
async function answersTo(log: Log): Promise<unknown> {
  const server = await MemoryServer.start({ now, eventStore: await logOf(log) });
  try {
    const ranges = [[], [NOON - DAY_MS, NOON], [NOON - HOUR_MS, NOON + HOUR_MS]] as const;
    const analytics = ranges.flatMap(([from, to]) =>
      MEDIA.map((mediaId) => server.analytics(mediaId, from, to)),
    );
    const popular = TIME_PERIODS.map(async (period) => {
      const { edges, totalCount } = await server.popular(period);
      // Scores that differ by what rounding makes of them may change places, and name cursors.
      const streams = edges.map(({ node }) => node);
      return { streams: streams.sort((a, b) => (a.mediaId < b.mediaId ? -1 : 1)), totalCount };
    });
    const windows = [60, PERIOD_MINUTES.MONTH].map((minutes) =>
      server.query(new RollupWindowQuery(minutes)),
    );
    return {
      analytics: await Promise.all(analytics),
      popular: await Promise.all(popular),
      bandwidth: await Promise.all(TIME_PERIODS.map((period) => server.bandwidth(period))),
      windows: await Promise.all(windows),
    };
  } finally {
    await server.stop();
  }
}

/** The same, but for what rounding makes of a number that is not whole. */
function expectSame(one: unknown, other: unknown, path = ''): void {
  if (typeof one === 'number' && typeof other === 'number' && !Number.isInteger(one)) {
    const error = Math.abs(one - other) / Math.max(1, Math.abs(one));
    expect({ path, isSame: error < FLOAT_ERROR_MAX, one, other }).toMatchObject({ isSame: true });
    return;
  }
  if (typeof one !== 'object' || one === null) {
    expect({ path, value: other }).toEqual({ path, value: one });
    return;
  }
  expect(Object.keys(other as object)).toEqual(Object.keys(one));
  for (const [name, value] of Object.entries(one)) {
    expectSame(value, (other as Readonly<Record<string, unknown>>)[name], `${path}.${name}`);
  }
}

test('streams shuffled against each other change no number of any query', async () => {
  const places = fc.array(fc.nat(), { minLength: MEDIA.length, maxLength: MEDIA.length });
  await fc.assert(
    fc.asyncProperty(twoLogs, places, places, async ([one, other], some, others) => {
      expectSame(
        await answersTo(withTitles(one, some)),
        await answersTo(withTitles(other, others)),
      );
    }),
    RUNS,
  );
});
