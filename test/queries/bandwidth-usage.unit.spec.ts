import { PERIOD_MINUTES, TIME_PERIODS, type TimePeriod } from '../../src/domain/period.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { memoryServers } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { at } from '../support/times.js';

const newServer = memoryServers();
const now = NOON + 34 * MINUTE_MS + 12_345;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

const loaded = (bytesLoaded: number, more: Partial<ReportFields> = {}): ReportFields => ({
  mediaId: 'm1',
  eventType: 'HEARTBEAT',
  bytesLoaded,
  ...more,
});

describe('bandwidth usage', () => {
  it('is nothing where nothing was recorded', async () => {
    const server = await newServer({ now });
    expect(await server.bandwidth('DAY')).toEqual({
      period: 'DAY',
      totalGB: 0,
      peakMbps: 0,
      avgMbps: 0,
      byQuality: [],
      byHour: [],
      cost: 0,
    });
  });

  it("is the seed's own figures", async () => {
    const server = await newServer({ now });
    await server.record(
      loaded(100 * MIB, { quality: '1080p', sessionId: 'a' }),
      loaded(150 * MIB, { quality: '720p', sessionId: 'b' }),
    );
    const report = await server.bandwidth('DAY');
    expect(report.totalGB).toBeCloseTo(0.2441, 4);
    expect(report.cost).toBeCloseTo(0.02075, 5);
    expect(report.byQuality.map(({ quality, percentage }) => [quality, percentage])).toEqual([
      ['MEDIUM', 60],
      ['HIGH', 40],
    ]);
    expect(report.byQuality[0]?.totalGB).toBe((150 * MIB) / GIB);
  });

  it('has all bits over the length of the period as its mean rate', async () => {
    const server = await newServer({ now });
    await server.record(loaded(GIB));
    for (const period of TIME_PERIODS) {
      const lengthSeconds = PERIOD_MINUTES[period] * 60;
      const { avgMbps, totalGB } = await server.bandwidth(period);
      expect(totalGB).toBe(1);
      expect(avgMbps).toBeCloseTo((GIB * 8) / 1e6 / lengthSeconds, 9);
    }
  });

  it('has the rate of the busiest minute as its peak, of all media together', async () => {
    const server = await newServer({ now });
    const busy = { occurredAt: NOON + 10_000 };
    await server.record(
      loaded(75_000_000, { ...busy, quality: '1080p' }),
      loaded(75_000_000, { ...busy, quality: '720p', mediaId: 'm2' }),
      loaded(100_000_000, { occurredAt: NOON + MINUTE_MS }),
    );
    const { peakMbps } = await server.bandwidth('HOUR');
    expect(peakMbps).toBe((150_000_000 * 8) / 1e6 / 60);
  });

  it('spreads the bytes of an event over the time that it covers', async () => {
    const server = await newServer({ now });
    await server.record(loaded(600 * MIB, { duration: 600, occurredAt: NOON }));
    const { peakMbps, totalGB } = await server.bandwidth('DAY');
    expect(totalGB).toBe((600 * MIB) / GIB);
    expect(peakMbps).toBeCloseTo((60 * MIB * 8) / 1e6 / 60, 6);
  });

  it('has a row for a quality that has views alone, none for one without either', async () => {
    const server = await newServer({ now });
    await server.record(
      { mediaId: 'm1', eventType: 'SESSION_START', quality: '4k', sessionId: 'a' },
      loaded(10, { quality: '480p', sessionId: 'b' }),
      loaded(0, { quality: '720p', sessionId: 'c', duration: 10 }),
    );
    expect((await server.bandwidth('HOUR')).byQuality).toEqual([
      { quality: 'LOW', totalGB: 10 / GIB, percentage: 100 },
      { quality: 'ULTRA', totalGB: 0, percentage: 0 },
    ]);
  });

  it('has percentages of 0 where there are views and no bytes', async () => {
    const server = await newServer({ now });
    for (const quality of ['ultra', 'auto']) {
      await server.record({ mediaId: 'm1', eventType: 'SESSION_START', quality });
    }
    expect((await server.bandwidth('HOUR')).byQuality).toEqual([
      { quality: 'AUTO', totalGB: 0, percentage: 0 },
      { quality: 'ULTRA', totalGB: 0, percentage: 0 },
    ]);
  });
});

describe('the window', () => {
  const edges: readonly (readonly [TimePeriod, string])[] = [
    ['HOUR', '2026-03-18T11:35:00Z'],
    ['DAY', '2026-03-17T12:35:00Z'],
    ['WEEK', '2026-03-11T12:35:00Z'],
    ['MONTH', '2026-02-16T12:35:00Z'],
  ];

  it.each(edges)('of a %s begins with the minute of %s', async (period, start) => {
    const server = await newServer({ now });
    await server.record(
      loaded(GIB, { occurredAt: at(start) }),
      loaded(2 * GIB, { occurredAt: at(start) - 1 }),
      loaded(4 * GIB, { occurredAt: now }),
    );
    expect((await server.bandwidth(period)).totalGB).toBe(5);
  });

  it('cuts what reaches into it from before', async () => {
    const server = await newServer({ now });
    const occurredAt = at('2026-03-18T11:36:00Z');
    await server.record(loaded(4 * GIB, { occurredAt, duration: 240 }));
    expect((await server.bandwidth('HOUR')).totalGB).toBe(1);
    expect((await server.bandwidth('DAY')).totalGB).toBe(4);
  });

  it('takes in the views that started in it, and no others', async () => {
    const server = await newServer({ now });
    const occurredAt = at('2026-03-18T11:34:59.999Z');
    await server.record({ mediaId: 'm1', eventType: 'SESSION_START', quality: 'hd', occurredAt });
    expect((await server.bandwidth('HOUR')).byQuality).toEqual([]);
    expect((await server.bandwidth('DAY')).byQuality).toHaveLength(1);
  });

  it('does not reach beyond the retention', async () => {
    const server = await newServer({ now, retentionDays: 1 });
    await server.record(
      loaded(GIB, { occurredAt: at('2026-03-17T12:00:00Z') }),
      loaded(2 * GIB, { occurredAt: at('2026-03-17T11:59:59Z') }),
    );
    expect((await server.bandwidth('WEEK')).totalGB).toBe(1);
  });

  it('has its average over what is kept, where that is less', async () => {
    const server = await newServer({ now, retentionDays: 1 });
    await server.record(loaded(GIB));
    const megabits = (8 * GIB) / 1e6;
    const keptSeconds = (24 * 60 + 35) * 60;
    for (const period of ['WEEK', 'MONTH'] as const) {
      expect((await server.bandwidth(period)).avgMbps).toBeCloseTo(megabits / keptSeconds, 9);
    }
    expect((await server.bandwidth('DAY')).avgMbps).toBeCloseTo(megabits / 86_400, 9);
  });
});

describe('the hours', () => {
  it('come in time order, without the empty ones', async () => {
    const server = await newServer({ now });
    await server.record(
      loaded(GIB, { occurredAt: NOON }),
      loaded(2 * GIB, { occurredAt: NOON - 5 * HOUR_MS }),
      { mediaId: 'm1', eventType: 'SESSION_START', occurredAt: NOON - 2 * HOUR_MS },
      loaded(GIB, { occurredAt: NOON - 12 * HOUR_MS + 1 }),
    );
    const { byHour } = await server.bandwidth('DAY');
    expect(byHour.map(({ hour, totalGB }) => [hour, totalGB])).toEqual([
      [NOON - 12 * HOUR_MS, 1],
      [NOON - 5 * HOUR_MS, 2],
      [NOON, 1],
    ]);
  });

  it('hold, the first and the last, only what lies in the window', async () => {
    const server = await newServer({ now });
    await server.record(
      loaded(7 * GIB, { occurredAt: at('2026-03-18T11:10:00Z') }),
      loaded(1 * GIB, { occurredAt: at('2026-03-18T11:40:00Z') }),
      loaded(2 * GIB, { occurredAt: at('2026-03-18T12:20:00Z') }),
    );
    const { byHour, peakMbps } = await server.bandwidth('HOUR');
    expect(byHour.map(({ hour, totalGB }) => [hour, totalGB])).toEqual([
      [at('2026-03-18T11:00:00Z'), 1],
      [at('2026-03-18T12:00:00Z'), 2],
    ]);
    expect(byHour[0]?.peakMbps).toBeCloseTo((GIB * 8) / 1e6 / 60, 9);
    expect(peakMbps).toBeCloseTo((2 * GIB * 8) / 1e6 / 60, 9);
  });

  it('have each the rate of their own busiest minute', async () => {
    const server = await newServer({ now });
    await server.record(
      loaded(30 * MIB, { occurredAt: NOON }),
      loaded(20 * MIB, { occurredAt: NOON + MINUTE_MS }),
      loaded(20 * MIB, { occurredAt: NOON + MINUTE_MS + 1 }),
      loaded(10 * MIB, { occurredAt: NOON - 1 }),
    );
    const { byHour } = await server.bandwidth('DAY');
    expect(byHour.map(({ peakMbps }) => peakMbps)).toEqual(
      [10, 40].map((mib) => (mib * MIB * 8) / 1e6 / 60),
    );
  });

  it('add up to the whole', async () => {
    const server = await newServer({ now });
    const events = Array.from({ length: 50 }, (_, i) =>
      loaded(i * 1_000_003, { occurredAt: now - i * 37 * MINUTE_MS, duration: i * 1_000 }),
    );
    await server.record(...events);
    const { byHour, totalGB, byQuality } = await server.bandwidth('MONTH');
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(byHour.map((hour) => hour.totalGB))).toBeCloseTo(totalGB, 12);
    expect(sum(byQuality.map((row) => row.totalGB))).toBeCloseTo(totalGB, 12);
    expect(totalGB * GIB).toBe(sum(events.map(({ bytesLoaded }) => bytesLoaded ?? 0)));
  });

  it('may be as many as a month has', async () => {
    const server = await newServer({ now });
    const hours = Array.from({ length: 31 * 24 }, (_, i) => now - i * HOUR_MS);
    await server.record(...hours.map((occurredAt) => loaded(1, { occurredAt })));
    expect((await server.bandwidth('MONTH')).byHour).toHaveLength((30 * DAY_MS) / HOUR_MS);
  });
});
