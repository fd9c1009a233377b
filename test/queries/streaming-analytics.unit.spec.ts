import type { ReportFields } from '../../src/api/report-fields.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { memoryServers } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { at } from '../support/times.js';

const newServer = memoryServers();
/** Not on the hour: that is a case of its own. */
const now = NOON + 34 * MINUTE_MS;
const serverAt = (timeMs: number, options = {}) => newServer({ now: timeMs, ...options });

const zeros = {
  totalViews: 0,
  uniqueViewers: 0,
  averageWatchTime: 0,
  qualityDistribution: [],
  bufferingEvents: 0,
  completionRate: 0,
};

const report = (eventType: ReportFields['eventType'], more: Partial<ReportFields> = {}) => ({
  mediaId: 'm1',
  eventType,
  ...more,
});
const view = (more: Partial<ReportFields> = {}) => report('SESSION_START', more);

describe('streaming analytics', () => {
  it('are zeros for a media item that nothing is known of', async () => {
    const server = await serverAt(now);
    expect(await server.analytics('nowhere')).toEqual(zeros);
  });

  it.each([
    ['with session ids', (session: string) => ({ sessionId: session })],
    ['without', () => ({})],
  ])("are the seed's own figures, %s", async (_, session) => {
    const server = await serverAt(now);
    await server.record(
      view({ ...session('a'), userId: 'u1', quality: '720p', duration: 120 }),
      report('SESSION_END', { ...session('a'), userId: 'u1', duration: 110 }),
      view({ ...session('b'), userId: 'u2', quality: '1080p', duration: 180 }),
      report('REBUFFER_START', { ...session('b'), userId: 'u2' }),
      report('SESSION_END', { ...session('b'), userId: 'u2', duration: 170 }),
      view({ ...session('c'), userId: 'u1', quality: '720p', duration: 90 }),
    );
    const analytics = await server.analytics('m1');
    expect(analytics).toMatchObject({ totalViews: 3, uniqueViewers: 2, bufferingEvents: 1 });
    expect(analytics.completionRate).toBeCloseTo(2 / 3, 12);
    expect(analytics.averageWatchTime).toBeCloseTo(223.3, 1);
    expect(analytics.qualityDistribution).toEqual([
      { quality: 'MEDIUM', viewCount: 2, percentage: 200 / 3, avgBandwidth: 0 },
      { quality: 'HIGH', viewCount: 1, percentage: 100 / 3, avgBandwidth: 0 },
    ]);
  });

  it('do not count what happens in other media', async () => {
    const server = await serverAt(now);
    await server.record(view({ mediaId: 'm2' }), view({ mediaId: 'm11' }), view({ mediaId: 'm' }));
    expect(await server.analytics('m1')).toEqual(zeros);
    expect(await server.analytics('m')).toMatchObject({ totalViews: 1 });
  });

  it('count anonymous views, and nobody for them', async () => {
    const server = await serverAt(now);
    await server.record(view(), view(), view({ userId: 'u1' }));
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 3, uniqueViewers: 1 });
  });

  it('have no average without a view, whatever was watched', async () => {
    const server = await serverAt(now);
    await server.record(report('HEARTBEAT', { duration: 60, sessionId: 's' }));
    expect(await server.analytics('m1')).toEqual(zeros);
  });

  it('take in quality reports: watch time and stalls, neither views nor bytes', async () => {
    const server = await serverAt(now);
    await server.record(view({ quality: 'HIGH' }));
    const summary = { mediaId: 'm1', quality: 'LOW', bufferingEvents: 4, watchMs: 90_000 } as const;
    await server.reportQuality(summary);
    await server.reportQuality(summary);
    expect(await server.analytics('m1')).toEqual({
      ...zeros,
      totalViews: 1,
      averageWatchTime: 180,
      bufferingEvents: 8,
      qualityDistribution: [{ quality: 'HIGH', viewCount: 1, percentage: 100, avgBandwidth: 0 }],
    });
  });

  it('are not upset by events without a duration', async () => {
    const server = await serverAt(now);
    await server.record(view({ bytesLoaded: 1_000, duration: 0 }));
    const { qualityDistribution, averageWatchTime } = await server.analytics('m1');
    expect(averageWatchTime).toBe(0);
    expect(qualityDistribution).toEqual([
      { quality: 'MEDIUM', viewCount: 1, percentage: 100, avgBandwidth: 0 },
    ]);
  });
});

describe('the quality distribution', () => {
  it('has a row for each quality with a view or a byte, the most viewed first', async () => {
    const server = await serverAt(now);
    await server.record(
      view({ quality: '4k', sessionId: 'a' }),
      view({ quality: '720p', sessionId: 'b' }),
      view({ quality: '720p', sessionId: 'c' }),
      view({ quality: 'auto', sessionId: 'd' }),
      report('HEARTBEAT', { quality: '360p', bytesLoaded: 1, sessionId: 'a' }),
      report('HEARTBEAT', { quality: '1080p', duration: 5, sessionId: 'a' }),
    );
    const { qualityDistribution } = await server.analytics('m1');
    expect(qualityDistribution.map((row) => [row.quality, row.viewCount, row.percentage])).toEqual([
      ['MEDIUM', 2, 50],
      ['AUTO', 1, 25],
      ['ULTRA', 1, 25],
      ['LOW', 0, 0],
    ]);
  });

  it('has the bandwidth of a quality: its bits over its watched seconds, in Mbps', async () => {
    const server = await serverAt(now);
    const session = { sessionId: 'a' };
    await server.record(
      view({ ...session, quality: '1080p', bytesLoaded: 1_250_000, duration: 2 }),
      report('HEARTBEAT', { ...session, bytesLoaded: 1_250_000, duration: 3 }),
      report('REBUFFER_END', { ...session, bytesLoaded: 1_250_000, duration: 1_000 }),
      report('HEARTBEAT', { ...session, quality: '480p', bytesLoaded: 125_000, duration: 1 }),
    );
    const { qualityDistribution } = await server.analytics('m1');
    expect(qualityDistribution.map(({ quality, avgBandwidth }) => [quality, avgBandwidth])).toEqual(
      [
        ['HIGH', 6],
        ['LOW', 1],
      ],
    );
  });

  it('is in per cent that add up to 100', async () => {
    const server = await serverAt(now);
    const qualities = ['auto', 'sd', 'hd', 'fhd', 'uhd', 'uhd', 'sd'];
    await server.record(...qualities.map((quality, i) => view({ quality, sessionId: String(i) })));
    const { qualityDistribution } = await server.analytics('m1');
    const total = qualityDistribution.reduce((sum, { percentage }) => sum + percentage, 0);
    expect(total).toBeCloseTo(100, 9);
  });
});

describe('the completion rate', () => {
  const session = { sessionId: 's1', userId: 'u1' };
  const started = at('2026-03-18T09:50:00Z');
  const ended = at('2026-03-18T10:40:00Z');
  const start = view({ ...session, occurredAt: started });
  const end = report('SESSION_END', { ...session, occurredAt: ended });

  it('belongs to the hour in which the view started', async () => {
    const server = await serverAt(now);
    await server.record(start, end);
    expect(await server.analytics('m1', started, started)).toMatchObject({
      totalViews: 1,
      completionRate: 1,
    });
    expect(await server.analytics('m1', ended, ended)).toEqual(zeros);
  });

  it('does not depend on which of start and end came first', async () => {
    const server = await serverAt(now);
    await server.record(end);
    await server.record(start);
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 1, completionRate: 1 });
    expect(await server.analytics('m1', ended, ended)).toEqual(zeros);
  });

  it('counts an end that comes after a timeout', async () => {
    const server = await serverAt(now);
    await server.record(start);
    await server.settled();
    server.clock.advance(HOUR_MS);
    await server.parts.rollup.run(HOUR_MS);
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 1, completionRate: 0 });
    await server.record(end);
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 1, completionRate: 1 });
  });

  it.each(['QUIT', 'FAILED'] as const)('does not count a view that ends as %s', async (reason) => {
    const server = await serverAt(now);
    await server.record(start, { ...end, endReason: reason });
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 1, completionRate: 0 });
  });
});

describe('the range', () => {
  it('is by default the last 30 days, widened to whole UTC hours', async () => {
    const server = await serverAt(now);
    const first = NOON - 30 * DAY_MS;
    await server.record(
      view({ occurredAt: first - 1 }),
      view({ occurredAt: first }),
      view({ occurredAt: now }),
    );
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 2 });
  });

  it('by default holds what happens at this moment, also on the hour', async () => {
    const server = await serverAt(NOON);
    await server.record(view());
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 1 });
  });

  it('of 30 days ends where it is asked to', async () => {
    const server = await serverAt(now);
    const to = NOON - HOUR_MS;
    await server.record(
      view({ occurredAt: to - 30 * DAY_MS - 1 }),
      view({ occurredAt: to - 30 * DAY_MS }),
      view({ occurredAt: to - 1 }),
      view({ occurredAt: to + 1 }),
    );
    expect(await server.analytics('m1', undefined, to)).toMatchObject({ totalViews: 2 });
  });

  it('is widened to whole UTC hours at both ends', async () => {
    const server = await serverAt(now);
    const times = ['08:59:59.999', '09:00:00.000', '10:59:59.999', '11:00:00.000'];
    await server.record(...times.map((time) => view({ occurredAt: at(`2026-03-18T${time}Z`) })));
    const [from, to] = [at('2026-03-18T09:30:00Z'), at('2026-03-18T10:00:00.001Z')];
    expect(await server.analytics('m1', from, to)).toMatchObject({ totalViews: 2 });
    expect(await server.analytics('m1', from, from)).toMatchObject({ totalViews: 1 });
  });

  it('counts every hour of it once, whether it is read by hours or by days', async () => {
    const server = await serverAt(now);
    const hours = Array.from({ length: 24 * 6 }, (_, i) => NOON - i * HOUR_MS + 1);
    await server.record(...hours.map((occurredAt) => view({ occurredAt })));
    for (const length of [1, 5, 12, 13, 23, 24, 25, 47, 60, 100]) {
      for (const back of [0, 7, 20]) {
        const to = NOON - back * HOUR_MS;
        const from = to - length * HOUR_MS;
        const { totalViews } = await server.analytics('m1', from, to);
        expect([length, back, totalViews]).toEqual([length, back, length]);
      }
    }
  });

  it('may reach from the beginning of time to its end', async () => {
    const server = await serverAt(now);
    await server.record(view());
    const [from, to] = [at('0001-01-01T00:00:00Z'), at('9999-12-31T23:59:59Z')];
    expect(await server.analytics('m1', from, to)).toMatchObject({ totalViews: 1 });
    expect(await server.analytics('m1', from, at('1900-01-01T00:00:00Z'))).toEqual(zeros);
  });

  it('cannot end before it begins', async () => {
    const server = await serverAt(now);
    await expect(server.analytics('m1', NOON + 1, NOON)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    await expect(server.analytics('m1', NOON, NOON)).resolves.toEqual(zeros);
  });

  it('ends at the retention, whatever is kept beyond', async () => {
    const server = await serverAt(now, { retentionDays: 2 });
    const earliest = NOON - 2 * DAY_MS;
    await server.record(
      view({ occurredAt: earliest, userId: 'u1' }),
      view({ occurredAt: earliest - 1, userId: 'u2' }),
      view({ occurredAt: earliest - 10 * DAY_MS, userId: 'u3' }),
    );
    const all = { totalViews: 1, uniqueViewers: 1 };
    expect(await server.analytics('m1')).toMatchObject(all);
    expect(await server.analytics('m1', earliest - 20 * DAY_MS, now)).toMatchObject(all);
    expect(await server.analytics('m1', earliest - 20 * DAY_MS, earliest - 1)).toEqual(zeros);
  });
});

describe('unique viewers', () => {
  it('are counted once over all hours and days of the range', async () => {
    const server = await serverAt(now);
    const days = Array.from({ length: 20 }, (_, i) => NOON - i * DAY_MS);
    await server.record(
      ...days.flatMap((occurredAt, i) => [
        view({ occurredAt, userId: 'always' }),
        view({ occurredAt: occurredAt - 5 * HOUR_MS, userId: `on day ${String(i)}` }),
        view({ occurredAt: occurredAt - HOUR_MS, userId: `now and then ${String(i % 3)}` }),
      ]),
    );
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 60, uniqueViewers: 24 });
    const lastDay = await server.analytics('m1', NOON - 23 * HOUR_MS, now);
    expect(lastDay).toMatchObject({ totalViews: 3, uniqueViewers: 3 });
  });

  it('are exact for thousands, while no hour and no day has more than 1,000', async () => {
    const server = await serverAt(now);
    for (let day = 0; day < 3; day += 1) {
      const occurredAt = NOON - day * DAY_MS;
      const names = Array.from({ length: 1_000 }, (_, i) => `u${String(day * 900 + i)}`);
      await server.record(...names.map((userId) => view({ occurredAt, userId })));
    }
    expect(await server.analytics('m1')).toMatchObject({ totalViews: 3_000, uniqueViewers: 2_800 });
  });
});
