import type { ReportFields } from '../../src/api/report-fields.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js';
import {
  LiveImageQuery,
  LiveQuery,
  type LiveSnapshot,
  type WantedLive,
} from '../../src/queries/live/live.query.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

const WINDOW_MS = 75 * SECOND_MS;
const ALL: WantedLive = { filters: [], timeZone: 'UTC', media: 20, by: {} };
const TAB = { mediaId: 'm1', sessionId: 's1' } as const;
const OF_PHONES = [{ dimension: 'DEVICE', anyOf: ['PHONE'], exclude: false }] as const;

describe('who watches now', () => {
  const start = memoryServers();
  let server: MemoryServer;
  let tookMs = 0;
  beforeEach(async () => {
    server = await start({ now: NOON });
  });

  async function live(wanted: Partial<WantedLive> = {}): Promise<LiveSnapshot> {
    const terms = termsAfter(await server.head());
    const begin = performance.now();
    const snapshot = await server.query(new LiveQuery({ ...ALL, ...wanted }, terms));
    tookMs = performance.now() - begin;
    return snapshot;
  }
  const watch = (report: Partial<ReportFields> = {}) =>
    server.record({ ...TAB, eventType: 'SESSION_START', ...report });
  /** Time goes by; an answer is kept for twenty times as long as it took, by another clock. */
  const pass = async (ms: number): Promise<void> => {
    server.clock.set(server.clock.now() + ms);
    await new Promise((resolve) => setTimeout(resolve, 21 * tookMs));
  };

  test('a closed tab is gone after the window, to the millisecond', async () => {
    await watch();
    expect(await live()).toMatchObject({ at: NOON, viewers: 1, startsLastMinute: 1 });
    await pass(WINDOW_MS - 1);
    expect(await live()).toMatchObject({ viewers: 1, startsLastMinute: 0 });
    await pass(1);
    expect(await live()).toMatchObject({ viewers: 0, media: [] });
  });

  test('a start is one of the last minute for 60 seconds, as is a failure', async () => {
    await watch();
    await server.record({ ...TAB, eventType: 'SESSION_END', endReason: 'FAILED' });
    const attempt = { mediaId: 'm2', sessionId: 's2' };
    await server.record({ ...attempt, eventType: 'PLAY_REQUESTED' });
    await server.record({ ...attempt, eventType: 'PLAYBACK_ERROR' });
    await pass(MINUTE_MS - 1);
    expect(await live()).toMatchObject({ startsLastMinute: 1, failuresLastMinute: 2 });
    await pass(1);
    expect(await live()).toMatchObject({ startsLastMinute: 0, failuresLastMinute: 0 });
  });

  test('a paused one does not count, though its player beats on; a stalled one does', async () => {
    await watch();
    await server.record({ ...TAB, eventType: 'PAUSED', duration: 10 });
    await server.record({ ...TAB, eventType: 'HEARTBEAT', duration: 0 });
    expect((await live()).viewers).toBe(0);
    await server.record({ ...TAB, eventType: 'RESUMED', duration: 10 });
    await pass(1);
    expect(await live()).toMatchObject({ viewers: 1, stalling: 0 });
    await server.record({ ...TAB, eventType: 'REBUFFER_START' });
    await pass(1);
    expect(await live()).toMatchObject({ viewers: 1, stalling: 1 });
  });

  test('neither an attempt nor one that is over counts', async () => {
    await server.record({ ...TAB, eventType: 'PLAY_REQUESTED' });
    await watch({ mediaId: 'm2' });
    await server.record({ mediaId: 'm2', sessionId: 's1', eventType: 'SESSION_END' });
    expect((await live()).viewers).toBe(0);
  });

  test('what is sent later is no viewer, unless it happened within two windows', async () => {
    await watch({ occurredAt: NOON - 2 * WINDOW_MS });
    expect((await live()).viewers).toBe(0);
    await watch({ mediaId: 'm2', occurredAt: NOON - 2 * WINDOW_MS + 1 });
    await pass(0);
    expect((await live()).viewers).toBe(1);
  });

  test('what a clock that was ahead has heard of is in the future, and counts nowhere', async () => {
    server.clock.set(NOON + HOUR_MS);
    await watch();
    await server.record({ ...TAB, eventType: 'HEARTBEAT', duration: 30, bytesLoaded: 1_000 });
    server.clock.set(NOON);
    expect(await live()).toMatchObject({
      ...{ viewers: 0, startsLastMinute: 0, mbps: 0, peakToday: 0, peakTodayAt: null },
    });
    const { perMinute } = await live();
    expect(perMinute).toEqual(new Array(60).fill(0));
  });

  test('the most watched come first, and no more than are wanted', async () => {
    await server.register('m2', { title: 'Second' });
    for (const [i, mediaId] of ['m1', 'm2', 'm2', 'm3'].entries()) {
      const country = mediaId === 'm3' ? undefined : 'DE';
      const context = country === undefined ? {} : { country };
      await watch({ mediaId, sessionId: `s${String(i)}`, context });
    }
    const { media, by } = await live({ media: 2, by: { COUNTRY: 2, MEDIA: 1 } });
    expect(media.map((one) => [one.media.title, one.viewers])).toEqual([
      ['Second', 2],
      ['m1', 1],
    ]);
    expect(by).toEqual({
      COUNTRY: [
        { value: 'DE', label: 'Germany', viewers: 3 },
        { value: '', label: '', viewers: 1 },
      ],
      MEDIA: [{ value: 'm2', label: 'Second', viewers: 2 }],
    });
  });

  test('several are answered at one moment, each by its own filters', async () => {
    await watch({ context: { device: 'PHONE' } });
    await watch({ mediaId: 'm2' });
    const ofTitle = [{ dimension: 'MEDIA', anyOf: ['m2'], exclude: true }] as const;
    const wanted = [[], OF_PHONES, ofTitle].map((filters) => ({ ...ALL, filters }));
    await server.settled();
    const all = await server.query(new LiveImageQuery(wanted));
    const seen = [2, 1, 1].map((viewers) => ({ status: 'fulfilled', value: { viewers } }));
    expect(all).toMatchObject(seen);
  });

  test('minutes under a filter are counted from sessions, the latest of them anew', async () => {
    await watch({ context: { device: 'PHONE' }, occurredAt: NOON - 10 * MINUTE_MS });
    await server.record({ ...TAB, eventType: 'HEARTBEAT', duration: 600 });
    const before = await live({ filters: OF_PHONES });
    expect(before.perMinute).toEqual([...new Array<number>(49).fill(0), ...minutes(10), 0]);
    expect(before).toMatchObject({ peakToday: 1, peakTodayAt: NOON - 10 * MINUTE_MS });
    await pass(30 * SECOND_MS);
    await server.record({ ...TAB, eventType: 'HEARTBEAT', duration: 30 });
    const after = await live({ filters: OF_PHONES });
    expect(after.perMinute.slice(48)).toEqual([0, ...minutes(11)]);
  });

  test('today begins at midnight of the zone', async () => {
    await watch({ occurredAt: NOON - 3 * HOUR_MS });
    await server.record({
      ...TAB,
      eventType: 'HEARTBEAT',
      duration: 60,
      occurredAt: NOON - 3 * HOUR_MS + MINUTE_MS,
    });
    const peakTodayAt = NOON - 3 * HOUR_MS;
    expect(await live()).toMatchObject({ peakToday: 1, peakTodayAt });
    // There it is ten past midnight.
    await pass(10 * MINUTE_MS);
    const timeZone = 'Pacific/Auckland';
    const { peakToday } = await live({ timeZone });
    expect(peakToday).toBe(0);
    await expect(live({ timeZone: 'Mars/Base' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('whoever asks is charged for the sessions heard of lately', async () => {
    await watch();
    const charged: number[] = [];
    const charge = (cost: number) => void charged.push(cost);
    const terms = { readAfter: await server.head(), charge };
    await server.query(new LiveQuery(ALL, terms));
    expect(charged).toEqual([0.001]);
  });
});

const minutes = (count: number): readonly number[] => new Array<number>(count).fill(1);
