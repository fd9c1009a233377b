import { answerOf, ask, sendPast, type Asked } from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { codeOf, type GraphqlAnswer } from '../support/graphql.js';

const under = withServer();
let asked: Asked;

const MEGABYTE = 1_000_000;
const heartbeat = (sessionId: string, time: string, members: object): object => ({
  ...{ mediaId: 'm', sessionId, eventType: 'HEARTBEAT', eventId: time },
  ...{ occurredAt: `2025-03-11T${time}Z`, ...members },
});

beforeAll(async () => {
  asked = await sendPast(under.server.url, [
    // 7.5 MB, 1 Mbps, in each of ten minutes.
    heartbeat('a', '12:10:00', { duration: 600, bytesLoaded: 75 * MEGABYTE, quality: '1080p' }),
    // 4 Mbps of the minute 12:02, and 2 of 12:40.
    heartbeat('b', '12:02:30', { bytesLoaded: 30 * MEGABYTE, quality: '480p' }),
    heartbeat('b', '12:40:10', { bytesLoaded: 15 * MEGABYTE, quality: '480p' }),
    // After the range.
    heartbeat('b', '14:00:00', { bytesLoaded: 99 * MEGABYTE, quality: '4k' }),
  ]);
});

const DELIVERY = `query($range: RangeInput!, $interval: Interval!) {
  delivery(range: $range, interval: $interval) {
    period { from to completeUntil } bytes cost averageMbps peakMbps peakAt p95Mbps at
    byQuality { quality bytes } } }`;
const askDelivery = (variables: object): Promise<GraphqlAnswer> => ask(asked, DELIVERY, variables);

const from = '2025-03-11T12:00:00.000Z';
const to = '2025-03-11T14:00:00.000Z';
const TWO_HOURS = { from, to };

describe('what was delivered, worked out by hand', () => {
  it('is that of the range and of each hour', async () => {
    const { cost, averageMbps, ...found } = answerOf(
      await askDelivery({ range: TWO_HOURS, interval: 'HOUR' }),
    ) as Record<string, number>;
    expect(found).toEqual({
      period: { from, to, completeUntil: to },
      bytes: 120 * MEGABYTE,
      peakMbps: 5,
      peakAt: '2025-03-11T12:02:00.000Z',
      // Of 24 slots, 21 of them empty, the second: 67.5, 37.5 and 15 MB are 1.8, 1 and 0.4 Mbps.
      p95Mbps: 1,
      at: [from, '2025-03-11T13:00:00.000Z'],
      byQuality: [
        { quality: 'HIGH', bytes: [75 * MEGABYTE, 0] },
        { quality: 'LOW', bytes: [45 * MEGABYTE, 0] },
      ],
    });
    expect(averageMbps).toBeCloseTo(960 / 7_200, 12);
    expect(cost).toBeCloseTo(((120 * MEGABYTE) / 2 ** 30) * 0.085, 12);
  });

  it('is that of each quarter hour, and the greatest slot of fewer than 20', async () => {
    const range = { from: '2025-03-11T12:01:00Z', to: '2025-03-11T12:59:00Z' };
    expect(answerOf(await askDelivery({ range, interval: 'QUARTER_HOUR' }))).toMatchObject({
      period: { from, to: '2025-03-11T13:00:00.000Z' },
      p95Mbps: 1.8,
      byQuality: [
        { quality: 'HIGH', bytes: [75 * MEGABYTE, 0, 0, 0] },
        { quality: 'LOW', bytes: [30 * MEGABYTE, 0, 15 * MEGABYTE, 0] },
      ],
    });
  });

  it('is that of each minute', async () => {
    const range = { from: '2025-03-11T12:01:30Z', to: '2025-03-11T12:04:00Z' };
    expect(answerOf(await askDelivery({ range, interval: 'MINUTE' }))).toMatchObject({
      period: { from: '2025-03-11T12:01:00.000Z', to: '2025-03-11T12:04:00.000Z' },
      // 22.5 and 30 MB in three minutes, which are all of the slot that is asked for.
      averageMbps: 52.5 / 22.5,
      p95Mbps: 52.5 / 22.5,
      byQuality: [
        { quality: 'LOW', bytes: [0, 30 * MEGABYTE, 0] },
        { quality: 'HIGH', bytes: [7.5 * MEGABYTE, 7.5 * MEGABYTE, 7.5 * MEGABYTE] },
      ],
    });
  });

  it('has the buckets of the zone', async () => {
    const range = { ...TWO_HOURS, timeZone: 'asia/kolkata' };
    const answer = answerOf(await askDelivery({ range, interval: 'DAY' }));
    expect(answer).toMatchObject({ at: ['2025-03-10T18:30:00.000Z'], bytes: 120 * MEGABYTE });
  });
});

describe('is refused by name', () => {
  const quarters = (count: number): object => ({
    from,
    to: new Date(Date.parse(from) + count * 900_000).toISOString(),
  });
  const wrong: readonly (readonly [string, object, string])[] = [
    ['no range', { interval: 'DAY' }, 'range'],
    ['no interval', { range: TWO_HOURS }, 'interval'],
    ['a range upside down', { range: { from: to, to: from }, interval: 'DAY' }, 'range'],
    ['a range without length', { range: { from, to: from }, interval: 'DAY' }, 'range'],
    ['no time', { range: { from: 'now', to }, interval: 'DAY' }, 'range.from'],
    ['another time', { range: { from, to: 5 }, interval: 'DAY' }, 'range.to'],
    ['an offset', { range: { from, to, timeZone: '+02:00' }, interval: 'DAY' }, 'timeZone'],
    ['an interval that is not there', { range: TWO_HOURS, interval: 'YEAR' }, 'interval'],
    ['2,001 buckets', { range: quarters(2_001), interval: 'QUARTER_HOUR' }, 'interval'],
    ['more than 25 hours by the minute', { range: quarters(101), interval: 'MINUTE' }, 'interval'],
  ];

  it.each(wrong)('%s', async (_, variables, name) => {
    const answer = await askDelivery(variables);
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.message).toContain(name);
  });

  it('and answered is what is just within the limits', async () => {
    for (const [count, interval] of [
      [2_000, 'QUARTER_HOUR'],
      [100, 'MINUTE'],
    ] as const) {
      const range = quarters(count);
      const { bytes } = answerOf(await askDelivery({ range, interval })) as { bytes: number };
      expect(bytes).toBe((120 + 99) * MEGABYTE);
    }
    const all = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' };
    expect(codeOf(await askDelivery({ range: all, interval: 'MONTH' }))).toBe('BAD_USER_INPUT');
  });
});
