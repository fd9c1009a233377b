import type { Document } from 'mongodb';
import { ALL_SLOTS, SAMPLE_SLOTS } from '../../../src/domain/figures/session-places.js';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.js';
import type { Slice } from '../../../src/ports/read-model/slices.js';
import { IdleSessionsQuery } from '../../../src/queries/idle-sessions.query.js';
import { RollupWindowQuery } from '../../../src/queries/rollup-window.query.js';
import type { ReadModels } from '../../contracts/read-model-store.js';
import { MemoryServer } from '../../support/memory-server.js';
import { closeReadModels, openReadModels, withClient } from '../../support/mongo-read-models.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../../support/mongod.js';
import { NOON } from '../../support/playback.js';
import { VERSIONS } from '../../support/recomputation.js';

const TITLES = 30;

/** How the server carried out one command. */
interface Plan extends Document {
  readonly ns: string;
  readonly planSummary?: string;
  readonly hasSortStage?: boolean;
  readonly docsExamined?: number;
  readonly keysExamined?: number;
  readonly nreturned?: number;
}

/** The projector's commands: once a second it looks at the generations, and renews claims. */
const OF_PROJECTOR = [
  { ns: /\.generations$/, 'command.readConcern.level': 'majority' },
  { ns: /\.generations$/, op: { $in: ['update', 'command'] } },
];

await describeWithMongo('queries on MongoDB', (start) => {
  let servers: MongoServers;
  let url: string;
  let models: ReadModels;
  let server: MemoryServer;
  beforeAll(async () => {
    servers = await start();
    url = servers.url(newDatabaseName());
    models = await openReadModels(url, VERSIONS);
    server = await MemoryServer.start({ now: NOON, readModels: models });
    const views = Array.from({ length: TITLES }, (_, i) => ({
      mediaId: `media-${String(i % 7)}-${String(i)}`,
      eventType: 'SESSION_START' as const,
      sessionId: `session-${String(i)}`,
      userId: `user-${String(i)}`,
      bytesLoaded: 1_000,
    }));
    await server.record(...views);
    await server.settled();
  });
  afterAll(async () => {
    await server.stop();
    await closeReadModels(models);
    await withClient(url, (client) => client.db().dropDatabase());
    await servers.stop();
  });

  /** The plans of all commands that some work sends to the database. */
  const plansOf = (work: () => Promise<unknown>): Promise<readonly Plan[]> =>
    withClient(url, async (client) => {
      const database = client.db();
      await database.command({ profile: 2 });
      await work();
      await database.command({ profile: 0 });
      const profile = database.collection<Plan>('system.profile');
      const plans = await profile
        .find({ ns: { $not: /system\.profile$|\$cmd/ }, $nor: OF_PROJECTOR })
        .toArray();
      await profile.drop();
      return plans;
    });

  /** The indexes that were used, in the order of their first use. */
  const indexesOf = (plans: readonly Plan[]): readonly string[] => [
    ...new Set(
      plans.flatMap(({ planSummary = '' }) =>
        [...planSummary.matchAll(/ \{ (.*?) \}/g)].map(([, index = '']) => index),
      ),
    ),
  ];

  const expectIndexOnly = (plans: readonly Plan[]): void => {
    for (const { planSummary, hasSortStage } of plans) {
      expect(planSummary ?? '').not.toContain('COLLSCAN');
      expect(hasSortStage ?? false).toBe(false);
    }
  };

  test('an analytics query reads ranges of keys', async () => {
    const plans = await plansOf(() => server.analytics('media-0-0'));
    expectIndexOnly(plans);
    expect(indexesOf(plans)).toEqual(['model: 1, serves: 1', '_id: 1']);
  });

  test('a bandwidth query reads a range of keys', async () => {
    const plans = await plansOf(() => server.bandwidth('MONTH'));
    expectIndexOnly(plans);
    expect(indexesOf(plans)).toEqual(['model: 1, serves: 1', '_id: 1']);
  });

  test('a page of popular streams reads so much of the period’s index as it shows', async () => {
    const first = await server.popular('DAY', 5);
    const pages = [undefined, first.pageInfo.endCursor];
    for (const after of pages) {
      const plans = await plansOf(() => server.popular('DAY', 5, after));
      expectIndexOnly(plans);
      const [page] = plans.filter(({ planSummary }) => planSummary?.includes('by.rankDAY'));
      // One more is asked for than shown; the two ranges after a cursor each look one key ahead.
      expect(page).toMatchObject({ nreturned: 6, docsExamined: 6 });
      expect(page?.keysExamined).toBeLessThanOrEqual(9);
    }
  });

  test('the number of popular streams comes from the index alone', async () => {
    const plans = await plansOf(() => server.popular('WEEK', 5));
    const reads = plans.filter(({ planSummary }) => planSummary?.includes('by.lastViewAt'));
    // The others look for views that lie later than now, of which there are none.
    const examined = reads.map(({ keysExamined = 0 }) => keysExamined).sort((a, b) => b - a);
    expect(reads.every(({ docsExamined }) => docsExamined === 0)).toBe(true);
    expect(examined[0]).toBeGreaterThanOrEqual(TITLES);
    expect(examined.slice(1).every((keys) => keys <= 1)).toBe(true);
  });

  test('one stream, idle sessions and the rollup’s totals read by indexes', async () => {
    const plans = await plansOf(async () => {
      await server.stream('media-0-0');
      await server.query(new IdleSessionsQuery(NOON + 100 * MINUTE_MS, 10));
      await server.query(new RollupWindowQuery(60));
    });
    expectIndexOnly(plans);
    expect(indexesOf(plans)).toEqual(
      expect.arrayContaining([
        'model: 1, serves: 1',
        '_id: 1',
        'by.heardOfIn: 1, _id: 1',
        'by.lastViewAt: 1, _id: 1',
      ]),
    );
  });

  test('slices find sessions by their places, for a peak also by the day they reached', async () => {
    const slice: Slice = {
      stretches: [{ from: NOON - DAY_MS, to: NOON + DAY_MS }],
      filters: [{ dimension: 'CDN', anyOf: ['a'], exclude: true }],
      by: 'MEDIA',
      parts: { uniqueViewers: true, startupTime: true, peak: true },
      slots: { from: 0, before: SAMPLE_SLOTS / 2 },
    };
    const ofTitle = { ...slice, mediaIds: ['media-0-0'], slots: ALL_SLOTS };
    for (const [asked, place] of [
      [slice, 'startedOn'],
      [ofTitle, 'titleStartedOn'],
    ] as const) {
      const plans = await plansOf(() => models.reader.slices(0, [asked]));
      expect(plans.map(({ planSummary = '' }) => planSummary).join()).not.toContain('COLLSCAN');
      expect(indexesOf(plans)).toEqual([
        'model: 1, serves: 1',
        `by.${place}: 1, _id: 1`,
        'by.reachedDay: 1, _id: 1',
      ]);
      // One generation and, for each part, the sessions of one title, or of half of the viewers.
      const examined = plans.map(({ docsExamined = 0 }) => docsExamined);
      expect(Math.max(...examined)).toBeLessThan(asked === ofTitle ? 2 : TITLES);
    }
  });

  test('what is no sample is read for its sums alone', async () => {
    const stretch = { from: NOON - DAY_MS, to: NOON + DAY_MS };
    const filters = [{ dimension: 'CDN', anyOf: ['a'], exclude: true }] as const;
    const parts = { uniqueViewers: false, startupTime: false, peak: false };
    const readBy = async (work: () => Promise<unknown>): Promise<number> => {
      const plans = await plansOf(work);
      return plans.filter(({ planSummary }) => planSummary?.includes('tartedOn')).length;
    };
    for (const [slots, more] of [
      [ALL_SLOTS, 0],
      [{ from: 0, before: SAMPLE_SLOTS / 2 }, 1],
    ] as const) {
      const slice = { stretches: [stretch], filters, parts, slots };
      expect(await readBy(() => models.reader.slices(0, [slice]))).toBe(1 + more);
      const curve = { stretch, filters, slots, mediaId: 'media-0-0', registeredMs: 1_000 };
      expect(await readBy(() => models.reader.retention(0, curve))).toBe(2 + more);
    }
  });

  test('folding and retiring find what they change by indexes', async () => {
    const plans = await plansOf(async () => {
      const [view] = await server.record({
        mediaId: 'media-0-0',
        eventType: 'HEARTBEAT',
        sessionId: 'session-0',
      });
      expect(view).toBeDefined();
      await server.settled();
      await server.parts.projections.retire(1);
    });
    expectIndexOnly(plans);
    expect(plans.some(({ op }) => op === 'update')).toBe(true);
    expect(plans.some(({ op }) => op === 'remove')).toBe(true);
  });
});
