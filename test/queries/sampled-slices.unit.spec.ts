import { PlayheadError } from '../../src/domain/errors.js';
import { HOUR_MS } from '../../src/domain/time.js';
import type { SliceFilter } from '../../src/ports/read-model/slices.js';
import {
  BreakdownQuery,
  type BreakdownConnection,
  type WantedBreakdown,
} from '../../src/queries/figures/breakdown.query.js';
import { FiguresQuery, type FiguresReport } from '../../src/queries/figures/figures.query.js';
import { RetentionQuery } from '../../src/queries/figures/retention.query.js';
import { MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

const SESSIONS = 4_000;
const SCAN_ROWS_MAX = 1_000;
const VIEWERS = 1_000;
const COUNTRIES = ['DE', 'FR', 'BR', 'US'];

const range = { from: NOON - HOUR_MS, to: NOON + HOUR_MS, timeZone: 'UTC' };
const parts = { uniqueViewers: true, startupTime: true, peak: true };
const inGermany: SliceFilter = { dimension: 'COUNTRY', anyOf: ['DE'], exclude: false };
const ofTitle = (mediaId: string): SliceFilter => ({
  dimension: 'MEDIA',
  anyOf: [mediaId],
  exclude: false,
});

/** One session in eight is of a small title, one in five of nobody known. */
const started = (i: number) => ({
  mediaId: i % 8 === 0 ? 'small' : 'large',
  sessionId: `s${String(i)}`,
  eventType: 'SESSION_START' as const,
  occurredAt: NOON - (i % 60) * 1_000,
  startupTime: 1.5,
  context: { country: COUNTRIES[i % COUNTRIES.length] },
  mediaDuration: 100,
  ...(i % 4 === 1 && { playedFrom: 0, playedTo: 50 }),
  ...(i % 5 > 0 && { userId: `u${String((i * 7) % VIEWERS)}` }),
});

describe('of more sessions than may be read', () => {
  let server: MemoryServer;
  const charged: number[] = [];

  beforeAll(async () => {
    server = await MemoryServer.start({ scanRowsMax: SCAN_ROWS_MAX });
    for (let first = 0; first < SESSIONS; first += 500) {
      await server.record(...Array.from({ length: 500 }, (_, i) => started(first + i)));
    }
  });
  afterAll(() => server.stop());
  beforeEach(() => charged.splice(0));

  const terms = async () => ({
    ...termsAfter(await server.head()),
    charge: (cost: number) => void charged.push(cost),
  });

  async function figures(...filters: SliceFilter[]): Promise<FiguresReport> {
    const wanted = { range, filters, compare: undefined };
    return server.query(new FiguresQuery(wanted, parts, await terms()));
  }

  async function breakdown(more: Partial<WantedBreakdown> = {}): Promise<BreakdownConnection> {
    const asked = { range, filters: [], compare: undefined, by: 'COUNTRY' as const };
    const least = { minViews: 0, minAttempts: 0 };
    const page = { orderBy: 'VIEWS' as const, search: '', first: 2, after: undefined };
    const wanted: WantedBreakdown = { ...asked, ...least, ...page, ...more };
    return server.query(new BreakdownQuery(wanted, { rows: parts, total: parts }, await terms()));
  }

  it('estimates figures under a filter from a sample of viewers', async () => {
    const { sampled, figures: estimated } = await figures(inGermany);
    expect(sampled).toBeGreaterThan(0.24);
    expect(sampled).toBeLessThanOrEqual(SCAN_ROWS_MAX / SESSIONS);
    expect(estimated.views).toBeGreaterThan(850);
    expect(estimated.views).toBeLessThan(1_150);
    expect(estimated.uniqueViewersExact).toBe(false);
    expect(estimated.uniqueViewers).toBeGreaterThan(150);
    expect(estimated.startupTime?.count).toBe(estimated.views);
    expect(estimated.startupTime?.p50).toBeCloseTo(1.5, 1);
  });

  it('is exact without a filter, and of a title with few enough sessions', async () => {
    const all = await figures();
    expect([all.sampled, all.figures.views, charged]).toEqual([1, SESSIONS, []]);
    const small = await figures(ofTitle('small'), inGermany);
    expect([small.sampled, small.figures.views]).toEqual([1, SESSIONS / 8]);
    expect(small.figures.uniqueViewersExact).toBe(true);
  });

  it('charges for the sessions to read, before it reads them, and not for what is kept', async () => {
    const inFrance = { ...inGermany, anyOf: ['FR'] };
    await Promise.all([1, 2].map(() => figures(ofTitle('small'), inFrance)));
    expect(charged).toEqual([SESSIONS / 8 / 1_000]);
    const inBrazil = { ...inGermany, anyOf: ['BR'] };
    const refusal = new PlayheadError('QUERY_TOO_COMPLEX', 'too dear');
    const refused = new FiguresQuery({ range, filters: [inBrazil], compare: undefined }, parts, {
      readAfter: undefined,
      charge: () => {
        throw refusal;
      },
    });
    await expect(server.query(refused)).rejects.toBe(refusal);
  });

  it('estimates what was shown of a title with more sessions than may be read', async () => {
    const curve = async (mediaId: string) =>
      server.query(new RetentionQuery(mediaId, { range, filters: [] }, await terms()));
    const [large, small] = [await curve('large'), await curve('small')];
    expect(large.sampled).toBeLessThan(1);
    expect(large).toMatchObject({ duration: 100, views: (SESSIONS * 7) / 8 });
    // Two of seven views showed the first half; each viewer has four sessions that are alike.
    expect(Math.abs((large.audience[49] ?? 0) - 2 / 7)).toBeLessThan(0.06);
    expect(large.plays).toEqual(large.audience);
    expect(small).toMatchObject({ views: SESSIONS / 8, sampled: 1 });
    const [costOfLarge = 0, costOfSmall] = charged;
    expect(costOfLarge).toBeCloseTo((large.sampled * SESSIONS * 7) / 8 / 1_000, 10);
    expect(costOfSmall).toBe(SESSIONS / 8 / 1_000);
  });

  it('neither sums up nor charges for a total that nobody asked for', async () => {
    // Of a title alone, the total is known without a slice.
    const somewhere = { dimension: 'COUNTRY', anyOf: ['XX'], exclude: true } as const;
    const filters = [ofTitle('small'), somewhere];
    const wanted: WantedBreakdown = {
      ...{ range, filters, compare: undefined, by: 'DEVICE' },
      ...{ orderBy: 'VIEWS', minViews: 0, minAttempts: 0, search: '' },
      ...{ first: 2, after: undefined },
    };
    const asked = async (total: typeof parts | undefined) =>
      server.query(new BreakdownQuery(wanted, { rows: parts, total }, await terms()));
    expect((await asked(undefined)).total).toBeUndefined();
    expect(charged).toEqual([SESSIONS / 8 / 1_000]);
    expect((await asked(parts)).total?.views).toBe(SESSIONS / 8);
    expect(charged.slice(1)).toEqual([(2 * SESSIONS) / 8 / 1_000]);
  });

  it('estimates the rows of a table, whose total is exact', async () => {
    const { edges, total, sampled, totalCount } = await breakdown({ first: 100 });
    expect([totalCount, total?.views, total?.uniqueViewersExact]).toEqual([4, SESSIONS, true]);
    expect(sampled).toBeLessThan(1);
    const views = edges.map(({ node }) => node.figures.views);
    // What each row gains or loses by rounding is all that they may differ by.
    expect(Math.abs(views.reduce((sum, one) => sum + one, 0) - SESSIONS)).toBeLessThanOrEqual(2);
    const shares = edges.map(({ node }) => node.share);
    expect(shares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 8);
  });

  it('reads each page of a table from the sample of the first one', async () => {
    const whole = await breakdown({ first: 100 });
    const first = await breakdown();
    await server.record(...Array.from({ length: 500 }, (_, i) => started(SESSIONS + i)));
    const next = await breakdown({ after: first.pageInfo.endCursor });
    expect(next.sampled).toBe(first.sampled);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const values = [...first.edges, ...next.edges].map(({ node }) => node.value);
    expect(values).toEqual(whole.edges.map(({ node }) => node.value));
    expect((await breakdown()).sampled).toBeLessThan(first.sampled);
  });

  it('refuses the cursor of another table', async () => {
    const { endCursor } = (await breakdown()).pageInfo;
    const others: Partial<WantedBreakdown>[] = [
      { by: 'DEVICE' },
      { orderBy: 'WATCH_TIME' },
      { filters: [inGermany] },
      { minViews: 1 },
      { minAttempts: 1 },
      { search: 'd' },
      { range: { ...range, to: range.to + HOUR_MS } },
    ];
    for (const other of others) {
      await expect(breakdown({ ...other, after: endCursor })).rejects.toThrow(
        /^after: is no cursor of this list/,
      );
    }
    await expect(breakdown({ after: 'WzEsMiwiRlIiXQ' })).rejects.toThrow(/^after: is no cursor/);
  });
});
