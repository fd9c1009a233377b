import fc from 'fast-check';
import { readFields } from '../../src/api/events/event-fields.js';
import { checkReport, faultsOf, type ReportFields } from '../../src/api/report-fields.js';
import type { PlayheadError } from '../../src/domain/errors.js';
import { DAY_MS } from '../../src/domain/time.js';
import { NOON } from '../support/playback.js';

const DELIVERED = {
  mediaId: 'm1',
  eventType: 'DELIVERED',
  sessionId: 's1',
  bytesLoaded: 5,
  occurredAt: NOON - DAY_MS,
} as const;
const SHOWN = { ...DELIVERED, eventType: 'HEARTBEAT', bytesLoaded: null, fromCdn: true } as const;

const refusalOf = (fields: ReportFields): string => {
  try {
    checkReport(fields, NOON, 'past');
    return '';
  } catch (error) {
    return (error as PlayheadError).message;
  }
};

describe('an event of delivered bytes', () => {
  it('is taken from an import, and from nowhere else', () => {
    expect(checkReport({ ...DELIVERED, quality: '540p' }, NOON, 'past')).toStrictEqual({
      type: 'delivered',
      ...{ mediaId: 'm1', sessionId: 's1', label: '540p', bytes: 5 },
      ...{ occurredAt: NOON - DAY_MS, statedAt: NOON - DAY_MS },
    });
    expect(() => checkReport(DELIVERED, NOON)).toThrow('eventType: DELIVERED belongs to an import');
    expect(faultsOf({ ...DELIVERED, quality: '' }, NOON).map(({ message }) => message)).toEqual([
      'eventType: DELIVERED belongs to an import',
      expect.stringContaining('quality'),
    ]);
  });

  it.each([
    [{ sessionId: null }, 'sessionId: is required in a DELIVERED'],
    [{ bytesLoaded: null }, 'bytesLoaded: is required in a DELIVERED'],
    [{ duration: 1 }, 'duration: has no place in a DELIVERED'],
    [{ userId: 'u' }, 'userId: has no place in a DELIVERED'],
    [{ context: { os: 'x' } }, 'context: has no place in a DELIVERED'],
    [{ playedFrom: 1, playedTo: 2 }, 'playedFrom: has no place in a DELIVERED'],
  ])('is refused with %j', (more, why) => {
    expect(refusalOf({ ...DELIVERED, ...more })).toBe(why);
    const faults = faultsOf({ ...DELIVERED, ...more }, NOON, 'past');
    expect(faults.map(({ message }) => message)).toContain(why);
  });
});

describe("an event that a CDN's log shows", () => {
  it('is told from those of players', () => {
    expect(checkReport({ ...SHOWN, duration: 2 }, NOON, 'past')).toMatchObject({ isFromCdn: true });
    const none = { ...SHOWN, fromCdn: false };
    expect(checkReport(none, NOON, 'past')).not.toHaveProperty('isFromCdn');
  });

  it.each([
    [{ sessionId: null }, 'sessionId: is required beside fromCdn'],
    [{ bytesLoaded: 1 }, 'bytesLoaded: belongs to a DELIVERED where a CDN tells it'],
    [{ eventType: 'SESSION_END' as const }, 'fromCdn: belongs to SESSION_START, HEARTBEAT'],
  ])('is refused with %j', (more, why) => {
    expect(refusalOf({ ...SHOWN, ...more })).toContain(why);
  });

  it('has no place where a player reports', () => {
    const live = { mediaId: 'm1', eventType: 'HEARTBEAT', sessionId: 's1', fromCdn: true };
    expect(() => readFields(live)).toThrow('unknown member "fromCdn"');
    expect(readFields(live, undefined, 'past')).toMatchObject({ fromCdn: true });
  });
});

test('the faults of an import hold the one that it is refused for, and are there only then', () => {
  const events = fc.record(
    {
      mediaId: fc.constantFrom('m', ''),
      eventType: fc.constantFrom('DELIVERED' as const, 'HEARTBEAT' as const, 'PAUSED' as const),
      sessionId: fc.constantFrom('s', '', null),
      bytesLoaded: fc.constantFrom(1, -1, null),
      duration: fc.constantFrom(1, -1, null),
      userId: fc.constantFrom('u', null),
      fromCdn: fc.constantFrom(true, false, null),
      occurredAt: fc.constantFrom(NOON, NOON + DAY_MS, null),
    },
    { requiredKeys: ['mediaId', 'eventType'] },
  );
  fc.assert(
    fc.property(events, (fields) => {
      const faults = faultsOf(fields, NOON, 'past').map(({ message }) => message);
      const refusal = refusalOf(fields);
      if (refusal === '') expect(faults).toEqual([]);
      else expect(faults).toContain(refusal);
    }),
    { numRuns: 2_000 },
  );
});
