import type { EventInput } from '../support/api-client.js';
import { MEBIBYTE, type ServerUnderTest } from '../support/e2e.js';

/** Three views of two viewers, two of them watched to the end, one stall. */
function audience(mediaId: string, sessions: readonly (string | undefined)[]): EventInput[] {
  const [first, second, third] = sessions.map((sessionId) => (sessionId ? { sessionId } : {}));
  const of = (eventType: string, userId: string): EventInput => ({ mediaId, eventType, userId });
  return [
    { ...of('SESSION_START', 'u1'), ...first, quality: '720p', duration: 120 },
    { ...of('SESSION_START', 'u2'), ...second, quality: '1080p', duration: 180 },
    { ...of('SESSION_START', 'u1'), ...third, quality: '720p', duration: 90 },
    { ...of('SESSION_END', 'u1'), ...first, duration: 110 },
    { ...of('SESSION_END', 'u2'), ...second, duration: 170 },
    { ...of('REBUFFER_START', 'u1'), ...third },
  ];
}

/**
 * Tests of the seed's figures. Each has media of its own on one empty server, but for what a server
 * can only say as a whole.
 */
export function seedFigures(under: ServerUnderTest): void {
  describe('before anything is recorded', () => {
    test('every figure of a media item is zero and its list is empty', async () => {
      expect(await under.client.analytics('unknown')).toEqual({
        totalViews: 0,
        uniqueViewers: 0,
        averageWatchTime: 0,
        qualityDistribution: [],
        bufferingEvents: 0,
        completionRate: 0,
      });
    });

    test.each(['HOUR', 'DAY', 'WEEK', 'MONTH'] as const)(
      'nothing was delivered: %s',
      async (period) => {
        expect(await under.client.bandwidth(period)).toEqual({
          period,
          totalGB: 0,
          peakMbps: 0,
          avgMbps: 0,
          byQuality: [],
          byHour: [],
          cost: 0,
        });
      },
    );

    test.each(['HOUR', 'DAY', 'WEEK', 'MONTH'] as const)(
      'nothing is popular: %s',
      async (period) => {
        expect(await under.client.popular({ first: 10, period })).toEqual({
          edges: [],
          pageInfo: {
            hasNextPage: false,
            hasPreviousPage: false,
            startCursor: null,
            endCursor: null,
          },
          totalCount: 0,
        });
      },
    );
  });

  describe('three views, two viewers, one stall', () => {
    const cases: readonly (readonly [string, readonly (string | undefined)[], 'one' | 'batch'])[] =
      [
        ['with sessions', ['s1', 's2', 's3'], 'one'],
        ['with sessions', ['s1', 's2', 's3'], 'batch'],
        ['without sessions', [undefined, undefined, undefined], 'one'],
        ['without sessions', [undefined, undefined, undefined], 'batch'],
      ];
    test.each(cases)('%s %j, sent as %s', async (_, sessions, way) => {
      const mediaId = `movie ${way} ${String(sessions[0])}`;
      const events = audience(mediaId, sessions);
      if (way === 'batch')
        expect(await under.client.recordAll(events)).toMatchObject({ accepted: 6 });
      else for (const event of events) await under.client.record(event);
      const analytics = await under.client.analytics(mediaId);
      expect(analytics).toMatchObject({ totalViews: 3, uniqueViewers: 2, bufferingEvents: 1 });
      expect(analytics.completionRate).toBeCloseTo(2 / 3, 12);
      expect(analytics.averageWatchTime).toBeCloseTo(670 / 3, 9);
      expect(analytics.averageWatchTime.toFixed(1)).toBe('223.3');
      expect(analytics.qualityDistribution).toEqual([
        { quality: 'MEDIUM', viewCount: 2, percentage: 200 / 3, avgBandwidth: 0 },
        { quality: 'HIGH', viewCount: 1, percentage: 100 / 3, avgBandwidth: 0 },
      ]);
    });
  });

  describe('150 MiB at 720p and 100 MiB at 1080p', () => {
    test('over a day are 0.2441 GiB at a cost of 0.02075 USD, 60 % and 40 %', async () => {
      const of = (quality: string, mebibytes: number): EventInput => ({
        mediaId: 'delivered',
        eventType: 'HEARTBEAT',
        quality,
        bytesLoaded: mebibytes * MEBIBYTE,
      });
      await under.client.recordAll([of('720p', 100), of('1080p', 100), of('720p', 50)]);
      const report = await under.client.bandwidth('DAY');
      expect(report.totalGB).toBe(250 / 1024);
      expect(report.totalGB.toFixed(4)).toBe('0.2441');
      expect(report.cost).toBeCloseTo(0.02075, 5);
      expect(report.cost).toBeCloseTo((250 / 1024) * 0.085, 12);
      const [first, second, ...rest] = report.byQuality.filter(({ totalGB }) => totalGB > 0);
      expect(first).toMatchObject({ quality: 'MEDIUM', totalGB: 150 / 1024, percentage: 60 });
      expect(second).toMatchObject({ quality: 'HIGH', totalGB: 100 / 1024, percentage: 40 });
      expect(rest).toEqual([]);
      expect(report.avgMbps).toBeCloseTo((250 * MEBIBYTE * 8) / 1e6 / 86_400, 9);
      expect(report.byHour.reduce((sum, { totalGB }) => sum + totalGB, 0)).toBe(250 / 1024);
    });
  });
}
