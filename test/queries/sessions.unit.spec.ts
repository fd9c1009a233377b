import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/domain/time.js';
import {
  SESSION_ORDERS,
  SessionQuery,
  SessionsQuery,
  type Session,
  type SessionConnection,
  type WantedSessions,
} from '../../src/queries/sessions/sessions.query.js';
import { MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

const SCAN_ROWS_MAX = 8;
const WITH_TITLES = { media: true };
const wantedAll: WantedSessions = {
  range: { from: NOON - HOUR_MS, to: NOON + HOUR_MS, timeZone: 'UTC' },
  filters: [],
  userId: undefined,
  sessionId: undefined,
  failed: undefined,
  minRebufferRatio: undefined,
  orderBy: 'STARTED',
  first: 3,
  after: undefined,
};

describe('sessions', () => {
  let server: MemoryServer;
  const charged: number[] = [];
  beforeAll(async () => {
    server = await MemoryServer.start({ scanRowsMax: SCAN_ROWS_MAX });
    for (let i = 0; i < 8; i += 1) {
      const at = { mediaId: 'm1', sessionId: `s${String(i)}` };
      const occurredAt = NOON - (60 - i) * SECOND_MS;
      await server.record(
        { ...at, eventType: 'SESSION_START', occurredAt, userId: `u${String(i % 2)}` },
        { ...at, eventType: 'HEARTBEAT', occurredAt: occurredAt + 1, duration: (i * 3) % 8 },
      );
    }
    const failed = { mediaId: 'm1', sessionId: 's0', eventType: 'SESSION_END' as const };
    await server.record({
      ...failed,
      occurredAt: NOON - 59 * SECOND_MS,
      endReason: 'FAILED',
      errorCode: 'E1',
    });
  });
  afterAll(() => server.stop());
  beforeEach(() => charged.splice(0));

  async function list(more: Partial<WantedSessions> = {}): Promise<SessionConnection> {
    const charge = (cost: number) => void charged.push(cost);
    const terms = { ...termsAfter(await server.head()), charge };
    return server.query(new SessionsQuery({ ...wantedAll, ...more }, WITH_TITLES, terms));
  }
  const idsOf = ({ edges }: SessionConnection) => edges.map(({ node }) => node.sessionId);

  it('come in each order, page by page', async () => {
    for (const orderBy of SESSION_ORDERS) {
      const whole = idsOf(await list({ orderBy, first: 100 }));
      expect(new Set(whole).size).toBe(8);
      const pages: (string | null)[] = [];
      for (let after: string | undefined; ;) {
        const page = await list({ orderBy, after });
        pages.push(...idsOf(page));
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage) break;
      }
      expect(pages).toEqual(whole);
    }
    expect(idsOf(await list())).toEqual(['s7', 's6', 's5']);
    expect(idsOf(await list({ orderBy: 'WATCH_TIME' }))).toEqual(['s5', 's2', 's7']);
  });

  it('are found by viewer, by id and by failure, and again by what an answer calls them', async () => {
    expect(idsOf(await list({ userId: 'u1', first: 9 }))).toEqual(['s7', 's5', 's3', 's1']);
    expect(idsOf(await list({ sessionId: 's4' }))).toEqual(['s4']);
    expect(idsOf(await list({ failed: false, first: 9 }))).toHaveLength(7);
    const [edge] = (await list({ failed: true })).edges;
    const shown: Partial<Session> = { sessionId: 's0', state: 'FAILED', errorCode: 'E1' };
    expect(edge?.node).toMatchObject({ ...shown, completed: false, media: { mediaId: 'm1' } });
    const found = await server.query(new SessionQuery(edge?.node.id ?? '', WITH_TITLES, undefined));
    expect(found).toEqual(edge?.node);
    expect(await server.query(new SessionQuery('nobody', WITH_TITLES, undefined))).toBeUndefined();
    expect(JSON.stringify(edge)).not.toContain('"u0"');
  });

  it('lack their titles where nobody asks for them', async () => {
    const terms = termsAfter(await server.head());
    const query = new SessionsQuery({ ...wantedAll, first: 8 }, { media: false }, terms);
    const { edges } = await server.query(query);
    const [first] = edges;
    expect(edges.map(({ node }) => node.media)).toEqual(new Array(8).fill(undefined));
    const one = new SessionQuery(first?.node.id ?? '', { media: false }, undefined);
    expect(await server.query(one)).toEqual(first?.node);
  });

  it('refuse a cursor of another list', async () => {
    const after = (await list()).pageInfo.endCursor;
    const refusal = { code: 'BAD_USER_INPUT', message: expect.stringContaining('after') as string };
    await expect(list({ after, orderBy: 'WATCH_TIME' })).rejects.toMatchObject(refusal);
    await expect(list({ after, failed: true })).rejects.toMatchObject(refusal);
  });

  it('are charged for as far as a page by start is read, whatever the conditions', async () => {
    const earlier = await MemoryServer.start();
    const days = [0, 0, 0, 1, 2, 2, 5, 6];
    for (const [i, day] of days.entries()) {
      const occurredAt = NOON - day * DAY_MS - HOUR_MS;
      const device = i === 1 || i > 3 ? 'PHONE' : 'TV';
      const start = { eventType: 'SESSION_START', context: { device }, occurredAt } as const;
      await earlier.record({ mediaId: 'm1', sessionId: `s${String(i)}`, ...start });
    }
    const filters = [{ dimension: 'DEVICE', anyOf: ['PHONE'], exclude: false }] as const;
    const range = { from: NOON - 9 * DAY_MS, to: NOON, timeZone: 'UTC' };
    const asked = { ...wantedAll, range, filters };
    const charge = (cost: number) => void charged.push(cost);
    const listed = async (first: number): Promise<readonly (string | null)[]> => {
      charged.splice(0);
      const terms = { ...termsAfter(await earlier.head()), charge };
      return idsOf(await earlier.query(new SessionsQuery({ ...asked, first }, WITH_TITLES, terms)));
    };
    // One more is read, which tells that there is a next page.
    expect(await listed(2)).toEqual(['s1', 's4']);
    expect(charged).toEqual([3, 1, 2].map((rows) => rows / 45));
    expect(await listed(4)).toEqual(['s1', 's4', 's5', 's6']);
    expect(charged).toEqual([3, 1, 2, 2].map((rows) => rows / 45));
    await earlier.stop();
  });

  it('are charged for, and too many are read by their start alone', async () => {
    await list({ failed: true });
    expect(charged).toEqual([8 / 45]);
    const more = { mediaId: 'm1', sessionId: 's8', eventType: 'SESSION_START' as const };
    await server.record({ ...more, occurredAt: NOON - HOUR_MS });
    const refusal = {
      code: 'QUERY_TOO_COMPLEX',
      message: expect.stringContaining('STARTED') as string,
    };
    await expect(list({ orderBy: 'STALLED_TIME' })).rejects.toMatchObject(refusal);
    expect(idsOf(await list())).toEqual(['s7', 's6', 's5']);
  });
});
