import type { ReportFields } from '../../src/api/report-fields.js';
import { DeliveryQuery, type Delivery } from '../../src/queries/delivery.query.js';
import type { Interval } from '../../src/queries/figures/figures.query.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';
import { at } from '../support/times.js';

const newServer = memoryServers();
const now = NOON + 34 * MINUTE_MS + 12_345;
const MB = 1_000_000;

/** The bytes that a minute has at a rate in Mbps. */
const minuteAt = (mbps: number): number => (mbps * MB * 60) / 8;

const loaded = (
  occurredAt: number,
  bytesLoaded: number,
  more: Partial<ReportFields> = {},
): ReportFields => ({ mediaId: 'm1', eventType: 'HEARTBEAT', occurredAt, bytesLoaded, ...more });

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly timeZone?: string;
}

const ask = async (
  server: MemoryServer,
  { from, to, timeZone = 'UTC' }: Asked,
  interval: Interval = 'HOUR',
): Promise<Delivery> => {
  const terms = termsAfter(await server.head());
  return server.query(new DeliveryQuery({ from, to, timeZone }, interval, terms));
};

const LAST_HOUR = { from: NOON - HOUR_MS, to: NOON };
const bytesOf = ({ byQuality }: Delivery): readonly unknown[] =>
  byQuality.map(({ quality, bytes }) => [quality, ...bytes]);

describe('delivery', () => {
  it('is nothing where nothing was recorded, with every bucket', async () => {
    const server = await newServer({ now });
    expect(await ask(server, LAST_HOUR, 'QUARTER_HOUR')).toEqual({
      period: { ...LAST_HOUR, completeUntil: NOON },
      ...{ bytes: 0, cost: 0, averageMbps: 0, peakMbps: 0, peakAt: null, p95Mbps: 0 },
      at: [0, 15, 30, 45].map((minutes) => LAST_HOUR.from + minutes * MINUTE_MS),
      byQuality: [],
    });
  });

  it('spreads the bytes of an event over the buckets that it covers', async () => {
    const server = await newServer({ now });
    const { from, to } = LAST_HOUR;
    await server.record(
      loaded(from + 20 * MINUTE_MS, 20 * MB, { duration: 1_200, quality: '1080p' }),
      loaded(from + 59 * MINUTE_MS, 7, { quality: '480p' }),
      loaded(to, 1, { quality: '480p' }),
      loaded(from - 1, 1, { quality: '480p' }),
    );
    const quarters = await ask(server, LAST_HOUR, 'QUARTER_HOUR');
    expect(bytesOf(quarters)).toEqual([
      ['HIGH', 15 * MB, 5 * MB, 0, 0],
      ['LOW', 0, 0, 0, 7],
    ]);
    expect(quarters.bytes).toBe(20 * MB + 7);
    expect(quarters.cost).toBeCloseTo(((20 * MB + 7) / 2 ** 30) * 0.085, 12);
  });

  it('counts by the minute, for ranges of up to 25 hours', async () => {
    const server = await newServer({ now });
    const from = NOON + 2_000;
    await server.record(loaded(NOON + 1, 5), loaded(NOON + 2 * MINUTE_MS, 9));
    const minutes = await ask(server, { from, to: from + 2 * MINUTE_MS }, 'MINUTE');
    expect(minutes.period).toMatchObject({ from: NOON, to: NOON + 3 * MINUTE_MS });
    expect(bytesOf(minutes)).toEqual([['MEDIUM', 5, 0, 9]]);
    await expect(ask(server, { from, to: from + 25 * HOUR_MS + 1 }, 'MINUTE')).rejects.toThrow(
      'interval',
    );
  });

  it('has days of the zone, and only what lies in the range of the first and the last', async () => {
    const server = await newServer({ now: at('2026-03-31T12:00:00Z') });
    // The clocks of Berlin go forward on the 29th: that day has 23 hours.
    await server.record(
      loaded(at('2026-03-28T10:59:00Z'), 1),
      loaded(at('2026-03-28T22:59:00Z'), 2),
      loaded(at('2026-03-28T23:00:00Z'), 4),
      loaded(at('2026-03-29T21:59:00Z'), 8),
      loaded(at('2026-03-29T22:00:00Z'), 16),
    );
    const range = { from: at('2026-03-28T11:00:00Z'), to: at('2026-03-30T10:00:00Z') };
    const days = await ask(server, { ...range, timeZone: 'Europe/Berlin' }, 'DAY');
    expect(days.at).toEqual(
      ['2026-03-27T23:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'].map(at),
    );
    expect(bytesOf(days)).toEqual([['MEDIUM', 2, 12, 16]]);
  });

  it('has a row for a quality that has views alone in the range, none for one without', async () => {
    const server = await newServer({ now });
    const start = { eventType: 'SESSION_START' as const, mediaId: 'm1' };
    await server.record(
      { ...start, quality: '4k', sessionId: 'a', occurredAt: NOON - 1 },
      { ...start, quality: '480p', sessionId: 'b', occurredAt: NOON },
      loaded(NOON - 1, 10, { quality: '1080p', sessionId: 'c' }),
    );
    expect(bytesOf(await ask(server, LAST_HOUR))).toEqual([
      ['HIGH', 10],
      ['ULTRA', 0],
    ]);
  });

  it('reads ranges of more hours than it reads at once', async () => {
    const days = Array.from({ length: 60 }, (_, day) => NOON - (59 - day) * DAY_MS);
    const server = await newServer({ now: days[29] ?? 0 });
    const ofDay = (occurredAt: number): ReportFields =>
      loaded(occurredAt, 86_400, { duration: 86_400 });
    await server.record(...days.slice(0, 30).map(ofDay));
    server.clock.set(now);
    await server.record(...days.slice(30).map(ofDay));
    const range = { from: NOON - 60 * DAY_MS, to: NOON };
    const [[, ...hours] = []] = bytesOf(await ask(server, range)) as [string, ...number[]][];
    expect(hours).toEqual(Array.from({ length: 60 * 24 }, () => 3_600));
  });
});

describe('its mean rate', () => {
  const hundred = 100 * MB * 3_600;

  it('is over the whole of a range that has passed', async () => {
    const server = await newServer({ now });
    await server.record(loaded(NOON - 1, hundred / 8));
    expect((await ask(server, LAST_HOUR)).averageMbps).toBe(100);
  });

  it('is over what has passed of one under way, the current minute as a whole one', async () => {
    const server = await newServer({ now });
    await server.record(loaded(NOON, minuteAt(35)));
    const { averageMbps } = await ask(server, { from: NOON, to: NOON + HOUR_MS });
    expect(averageMbps).toBe(1);
  });

  it('is over what is kept, and nothing older is counted', async () => {
    const server = await newServer({ now, retentionDays: 1 });
    const kept = NOON - DAY_MS;
    await server.record(loaded(kept, minuteAt(60)), loaded(kept - 1, minuteAt(60)));
    const found = await ask(server, { from: kept - 5 * HOUR_MS, to: kept + HOUR_MS });
    expect(found.bytes).toBe(minuteAt(60));
    expect(found.averageMbps).toBe(1);
    expect(found.at).toHaveLength(6);
  });

  it('is 0 of a range that lies ahead, and of one that is forgotten', async () => {
    const server = await newServer({ now, retentionDays: 1 });
    await server.record(loaded(NOON, 1), loaded(NOON - 10 * DAY_MS, 1));
    const ahead = await ask(server, { from: NOON + DAY_MS, to: NOON + 2 * DAY_MS });
    const past = await ask(server, { from: NOON - 11 * DAY_MS, to: NOON - 9 * DAY_MS });
    for (const { averageMbps, p95Mbps, bytes, peakAt } of [ahead, past]) {
      expect([averageMbps, p95Mbps, bytes, peakAt]).toEqual([0, 0, 0, null]);
    }
  });
});

describe('its peak', () => {
  it('is the rate of the busiest minute of all qualities, the first of them', async () => {
    const server = await newServer({ now });
    const minute = (number: number): number => NOON + number * MINUTE_MS;
    await server.record(
      loaded(minute(3), minuteAt(2), { quality: '480p' }),
      loaded(minute(3) + 59_999, minuteAt(3), { quality: '1080p', mediaId: 'm2' }),
      loaded(minute(7), minuteAt(5)),
      loaded(minute(8), minuteAt(4)),
    );
    const { peakMbps, peakAt } = await ask(server, { from: NOON, to: NOON + HOUR_MS });
    expect([peakMbps, peakAt]).toEqual([5, minute(3)]);
  });
});

describe('its 95th percentile', () => {
  const slot = (number: number, mbps: number): ReportFields =>
    loaded(LAST_HOUR.from - 2 * HOUR_MS + number * 5 * MINUTE_MS, 5 * minuteAt(mbps));

  it.each([
    // Of 20 slots the rank is 19, of 21 and 24 it is 20 and 23: all but one or two are at or below.
    ['is the second of 20 slots', 20, [9, 8, 7], 8],
    ['is the second of 24 slots', 24, [9, 8, 7], 8],
    ['is the greatest of fewer', 16, [9, 8, 7], 9],
    ['counts slots without a byte', 36, [9], 0],
    ['has the same rank however equal rates are', 24, [9, 9, 9], 9],
  ])('%s', async (_, slots, rates, expected) => {
    const server = await newServer({ now });
    await server.record(...rates.map((mbps, i) => slot(2 * i, mbps)));
    const from = LAST_HOUR.from - 2 * HOUR_MS;
    const interval = slots % 3 === 0 ? 'QUARTER_HOUR' : 'MINUTE';
    const range = { from, to: from + slots * 5 * MINUTE_MS };
    expect((await ask(server, range, interval)).p95Mbps).toBe(expected);
  });

  it('is of the slots that are complete', async () => {
    // Of the hour 12:00 to 12:30 is told: 6 slots, of which the greatest counts.
    const server = await newServer({ now });
    await server.record(
      loaded(NOON, 5 * minuteAt(1)),
      loaded(NOON + 29 * MINUTE_MS, 5 * minuteAt(2)),
      loaded(NOON + 31 * MINUTE_MS, 5 * minuteAt(70)),
    );
    const hour = { from: NOON, to: NOON + HOUR_MS };
    expect((await ask(server, hour)).p95Mbps).toBe(2);
    server.clock.set(NOON + 35 * MINUTE_MS);
    expect((await ask(server, hour)).p95Mbps).toBe(70);
    expect((await ask(server, { ...hour, to: NOON + DAY_MS }, 'MONTH')).p95Mbps).toBe(70);
  });

  it('averages a slot that the range cuts over what lies in it', async () => {
    const server = await newServer({ now });
    await server.record(loaded(NOON, minuteAt(50)), loaded(NOON + 4 * MINUTE_MS, minuteAt(8)));
    const range = { from: NOON + 3 * MINUTE_MS, to: NOON + 5 * MINUTE_MS };
    expect((await ask(server, range, 'MINUTE')).p95Mbps).toBe(4);
  });
});

describe('its cost', () => {
  it('is told before anything is read: a unit for 6 hours with a document, and for 20 buckets', async () => {
    const server = await newServer({ now });
    const hours = [0, 1, 2, 3, 4, 5, 6].map((hour) => loaded(NOON - hour * HOUR_MS, 1));
    await server.record(...hours);
    const charged: number[] = [];
    const terms = {
      ...termsAfter(await server.head()),
      charge: (cost: number): void => void charged.push(cost),
    };
    const day = { from: NOON - DAY_MS, to: NOON + DAY_MS, timeZone: 'UTC' };
    await server.query(new DeliveryQuery(day, 'DAY', terms));
    const narrow = { from: NOON - 2 * HOUR_MS, to: NOON, timeZone: 'UTC' };
    await server.query(new DeliveryQuery(narrow, 'DAY', terms));
    expect(charged).toEqual([7 / 6 + 3 / 20, 2 / 6 + 1 / 20]);
  });
});
