import type { Analytics, EventInput } from '../support/api-client.js';
import {
  GIBIBYTE,
  HOUR_MS,
  hoursAgo,
  iso,
  MEBIBYTE,
  MINUTE_MS,
  withServer,
} from '../support/e2e.js';

const under = withServer();

const event = (
  mediaId: string,
  eventType: string,
  timeMs: number,
  fields: Partial<EventInput> = {},
): EventInput => ({ mediaId, eventType, occurredAt: iso(timeMs), sessionId: 's', ...fields });

/** What a media item got in one UTC hour. */
const inHour = (mediaId: string, hour: number): Promise<Analytics> =>
  under.client.analytics(mediaId, { from: iso(hour), to: iso(hour + 1) });

describe('late and out-of-order events', () => {
  test('land in the hour in which they happened', async () => {
    const [early, late] = [hoursAgo(50), hoursAgo(5)];
    await under.client.record(event('late', 'HEARTBEAT', late + MINUTE_MS, { duration: 60 }));
    await under.client.record(event('late', 'REBUFFER_START', early + 2 * MINUTE_MS));
    await under.client.record(event('late', 'SESSION_START', early + MINUTE_MS, { userId: 'u' }));
    await under.client.record(event('late', 'HEARTBEAT', early + MINUTE_MS, { duration: 30 }));
    expect(await inHour('late', early)).toMatchObject({
      totalViews: 1,
      uniqueViewers: 1,
      bufferingEvents: 1,
      averageWatchTime: 30,
    });
    expect(await inHour('late', late)).toMatchObject({ totalViews: 0, bufferingEvents: 0 });
    expect(await inHour('late', hoursAgo(0))).toMatchObject({ totalViews: 0 });
    expect(await under.client.analytics('late')).toMatchObject({
      totalViews: 1,
      averageWatchTime: 90,
    });
  });

  test('give the same figures in whatever order they come', async () => {
    const hour = hoursAgo(7);
    const events = (mediaId: string): EventInput[] => [
      event(mediaId, 'SESSION_START', hour, { userId: 'u', quality: '720p' }),
      event(mediaId, 'HEARTBEAT', hour + MINUTE_MS, { duration: 60, quality: '720p' }),
      event(mediaId, 'BUFFERING', hour + 2 * MINUTE_MS, { duration: 4, quality: '720p' }),
      event(mediaId, 'SESSION_END', hour + 3 * MINUTE_MS, { duration: 56, quality: '720p' }),
    ];
    for (const one of events('in order')) await under.client.record(one);
    for (const one of events('reversed').reverse()) await under.client.record(one);
    await under.client.recordAll(events('reversed batch').reverse());
    const inOrder = await under.client.analytics('in order');
    expect(inOrder).toMatchObject({ totalViews: 1, completionRate: 1, averageWatchTime: 116 });
    expect(await under.client.analytics('reversed')).toEqual(inOrder);
    expect(await under.client.analytics('reversed batch')).toEqual(inOrder);
  });

  test('complete a view in the hour where it started', async () => {
    const [start, end] = [hoursAgo(9), hoursAgo(6)];
    await under.client.record(event('long', 'SESSION_START', start + 5 * MINUTE_MS));
    await under.client.record(event('long', 'SESSION_END', end + 5 * MINUTE_MS));
    await under.client.record(event('long', 'SESSION_END', end + 6 * MINUTE_MS));
    expect(await inHour('long', start)).toMatchObject({ totalViews: 1, completionRate: 1 });
    expect(await inHour('long', end)).toMatchObject({ totalViews: 0, completionRate: 0 });
  });

  test('an end that came first completes the view once it has started', async () => {
    const start = hoursAgo(9);
    await under.client.record(event('end first', 'SESSION_END', hoursAgo(6)));
    expect(await under.client.analytics('end first')).toMatchObject({ completionRate: 0 });
    await under.client.record(event('end first', 'SESSION_START', start));
    expect(await inHour('end first', start)).toMatchObject({ totalViews: 1, completionRate: 1 });
  });

  test.each(['QUIT', 'FAILED'] as const)('an end by %s completes nothing', async (endReason) => {
    const mediaId = `ended by ${endReason}`;
    await under.client.record(event(mediaId, 'SESSION_START', hoursAgo(4)));
    await under.client.record(event(mediaId, 'SESSION_END', hoursAgo(3), { endReason }));
    expect(await under.client.analytics(mediaId)).toMatchObject({ completionRate: 0 });
  });
});

describe('a duration of 0', () => {
  test('gives 0 Mbps, not infinity, and bytes in the minute in which they came', async () => {
    const fields = { duration: 0, bytesLoaded: 5 * MEBIBYTE, quality: '4k' };
    await under.client.record(event('moment', 'SESSION_START', Date.now(), fields));
    const analytics = await under.client.analytics('moment');
    expect(analytics.averageWatchTime).toBe(0);
    expect(analytics.qualityDistribution).toEqual([
      { quality: 'ULTRA', viewCount: 1, percentage: 100, avgBandwidth: 0 },
    ]);
    const report = await under.client.bandwidth('HOUR');
    expect(report.peakMbps).toBeCloseTo((5 * MEBIBYTE * 8) / 1e6 / 60, 9);
    expect(JSON.stringify([analytics, report])).not.toMatch(/null|Infinity|NaN/);
  });
});

describe('bytes', () => {
  test('are spread over the time that their event covers, and add up exactly', async () => {
    const bytesLoaded = 7 * GIBIBYTE + 1;
    const before = await under.client.bandwidth('DAY');
    const end = hoursAgo(3) + 30 * MINUTE_MS;
    const fields = { duration: 3 * 3_600, bytesLoaded, quality: '1080p' };
    await under.client.record(event('spread', 'HEARTBEAT', end, fields));
    const after = await under.client.bandwidth('DAY');
    expect((after.totalGB - before.totalGB) * GIBIBYTE).toBe(bytesLoaded);
    const rateOf = (hour: number): number =>
      (after.byHour.find((row) => row.hour === iso(hour))?.totalGB ?? 0) / (bytesLoaded / GIBIBYTE);
    expect([6, 5, 4, 3].map((back) => rateOf(hoursAgo(back)))).toEqual([
      expect.closeTo(1 / 6, 6),
      expect.closeTo(1 / 3, 6),
      expect.closeTo(1 / 3, 6),
      expect.closeTo(1 / 6, 6),
    ]);
    const minuteMbps = (bytesLoaded * 8) / 1e6 / (3 * 3_600);
    expect(after.peakMbps).toBeCloseTo(minuteMbps, 5);
    const hours = after.byHour.map(({ hour }) => hour);
    expect(hours).toEqual([...hours].sort());
    expect(after.byHour.reduce((sum, { totalGB }) => sum + totalGB, 0)).toBeCloseTo(after.totalGB);
  });

  test('count only as far as they lie in the period', async () => {
    const before = await under.client.bandwidth('HOUR');
    const now = Date.now();
    const fields = { duration: 5 * 3_600, bytesLoaded: 5 * GIBIBYTE, quality: '360p' };
    await under.client.record(event('edge', 'HEARTBEAT', now, fields));
    const after = await under.client.bandwidth('HOUR');
    // Between 59 and 60 minutes of the five hours, whatever the second is.
    expect(after.totalGB - before.totalGB).toBeGreaterThan(0.98);
    expect(after.totalGB - before.totalGB).toBeLessThanOrEqual(1);
  });
});

describe('the range of a query', () => {
  test('is widened to whole UTC hours at both ends', async () => {
    const hour = hoursAgo(12);
    await under.client.record(event('range', 'SESSION_START', hour, { sessionId: 'first' }));
    const last = event('range', 'SESSION_START', hour + HOUR_MS - 1, { sessionId: 'last' });
    await under.client.record(last);
    const viewsIn = async (from: number, to: number): Promise<number> =>
      (await under.client.analytics('range', { from: iso(from), to: iso(to) })).totalViews;
    expect(await viewsIn(hour + 30 * MINUTE_MS, hour + 31 * MINUTE_MS)).toBe(2);
    expect(await viewsIn(hour + HOUR_MS - 1, hour + HOUR_MS)).toBe(2);
    expect(await viewsIn(hour - HOUR_MS, hour)).toBe(0);
    expect(await viewsIn(hour + HOUR_MS, hour + 2 * HOUR_MS)).toBe(0);
    expect(await viewsIn(hour - 500 * HOUR_MS, hour + 10 * HOUR_MS)).toBe(2);
  });

  test('is the last 30 days by default, and may have one end only', async () => {
    await under.client.record(event('ends', 'SESSION_START', hoursAgo(29 * 24)));
    await under.client.record(
      event('ends', 'SESSION_START', hoursAgo(31 * 24 - 2), { sessionId: 'older' }),
    );
    const views = async (range: object): Promise<number> =>
      (await under.client.analytics('ends', range)).totalViews;
    expect(await views({})).toBe(1);
    expect(await views({ from: iso(hoursAgo(40 * 24)) })).toBe(2);
    expect(await views({ from: iso(hoursAgo(28 * 24)) })).toBe(0);
    expect(await views({ to: iso(hoursAgo(30 * 24)) })).toBe(1);
  });
});
