import fc from 'fast-check';
import type { CheckedReport } from '../../src/domain/checked-report.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { checkReport, faultsOf, type ReportFields } from '../../src/api/report-fields.js';
import {
  STREAMING_EVENT_TYPES,
  type StreamingEventType,
} from '../../src/api/streaming-event-types.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { NOON } from '../support/playback.js';

/** What a player may send: bytes that were delivered belong to imports. */
const EVENT_TYPES = (Object.keys(STREAMING_EVENT_TYPES) as StreamingEventType[]).filter(
  (type) => type !== 'DELIVERED',
);

const check = (fields: Partial<ReportFields> = {}): CheckedReport =>
  checkReport({ mediaId: 'm1', eventType: 'HEARTBEAT', ...fields }, NOON);

function refusalOf(fields: Partial<ReportFields>): string {
  try {
    check(fields);
  } catch (error) {
    expect(error).toBeInstanceOf(PlayheadError);
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
    return (error as PlayheadError).message;
  }
  throw new Error('it was accepted');
}

describe('a report', () => {
  it('needs a media item and an event type alone', () => {
    expect(check()).toStrictEqual({
      type: 'heartbeat',
      mediaId: 'm1',
      occurredAt: NOON,
      statedAt: NOON,
    });
  });

  it('keeps all that it states, in the units in which it is stored', () => {
    const fields: ReportFields = {
      mediaId: ' m1 ',
      eventType: 'SESSION_END',
      eventId: ' e1 ',
      sessionId: ' s1 ',
      userId: ' u1 ',
      endReason: 'QUIT',
      quality: ' 1080p ',
      duration: 12.3456,
      bytesLoaded: 1_000,
      occurredAt: NOON - 1_000,
      sentAt: NOON,
    };
    expect(checkReport(fields, NOON)).toStrictEqual({
      type: 'session_end',
      mediaId: 'm1',
      eventId: 'e1',
      sessionId: 's1',
      userId: 'u1',
      endReason: 'QUIT',
      label: '1080p',
      durationMs: 12_346,
      bytes: 1_000,
      occurredAt: NOON - 1_000,
      statedAt: NOON - 1_000,
    });
  });

  it('takes null and undefined for unset', () => {
    const names = [
      'eventId',
      'sessionId',
      'userId',
      'endReason',
      'quality',
      'duration',
      'bytesLoaded',
      'occurredAt',
      'sentAt',
    ] as const;
    const all = (value: null | undefined): Partial<ReportFields> =>
      Object.fromEntries(names.map((name) => [name, value]));
    expect(check(all(null))).toStrictEqual(check());
    expect(check(all(undefined))).toStrictEqual(check());
  });

  it.each(EVENT_TYPES)('%s is stored under its own name in lower case', (eventType) => {
    expect(check({ eventType }).type).toBe(eventType.toLowerCase());
  });

  it.each(['mediaId', 'eventId', 'sessionId', 'userId'] as const)(
    'has a %s of 1 to 200 characters without control characters',
    (field) => {
      expect(check({ [field]: 'x'.repeat(200) })[field]).toBe('x'.repeat(200));
      expect(refusalOf({ [field]: 'x'.repeat(201) })).toMatch(`${field}: must have 1 to 200`);
      expect(refusalOf({ [field]: ' ' })).toMatch(`${field}: must have 1 to 200`);
      expect(refusalOf({ [field]: 'a\u0000' })).toMatch(`${field}: must not hold control`);
    },
  );

  it('has a quality of 1 to 40 characters, known or not', () => {
    expect(check({ quality: 'x'.repeat(40) }).label).toBe('x'.repeat(40));
    expect(refusalOf({ quality: 'x'.repeat(41) })).toMatch('quality: must have 1 to 40');
    expect(refusalOf({ quality: '' })).toMatch('quality: must have 1 to 40');
    expect(refusalOf({ quality: 'hd\u0007' })).toMatch('quality: must not hold control');
  });

  it('has a duration of 0 to 86,400 seconds', () => {
    expect(check({ duration: 0 }).durationMs).toBe(0);
    expect(check({ duration: 86_400 }).durationMs).toBe(DAY_MS);
    for (const duration of [-0.001, 86_400.001, NaN, Infinity]) {
      expect(refusalOf({ duration })).toMatch('duration: must be from 0 to 86400');
    }
  });

  it('has 0 to 2^40 bytes loaded', () => {
    expect(check({ bytesLoaded: 0 }).bytes).toBe(0);
    expect(check({ bytesLoaded: 2 ** 40 }).bytes).toBe(2 ** 40);
    for (const bytesLoaded of [-1, 2 ** 40 + 1]) {
      expect(refusalOf({ bytesLoaded })).toMatch('bytesLoaded: must be from 0 to 1099511627776');
    }
  });

  it.each(EVENT_TYPES)('%s may state why a session ended if it ends one', (eventType) => {
    const fields = { eventType, endReason: 'FAILED' } as const;
    if (eventType === 'SESSION_END') expect(check(fields).endReason).toBe('FAILED');
    else expect(refusalOf(fields)).toMatch('endReason: belongs to a SESSION_END only');
    expect(check({ eventType, endReason: null }).endReason).toBeUndefined();
  });
});

describe('the time of a report', () => {
  it('is now where none is stated, whatever the clock of the player says', () => {
    expect(check({ sentAt: NOON - HOUR_MS }).occurredAt).toBe(NOON);
  });

  it('may lie 5 minutes ahead, and is then stored as now', () => {
    expect(check({ occurredAt: NOON + 1 }).occurredAt).toBe(NOON);
    expect(check({ occurredAt: NOON + 5 * MINUTE_MS }).occurredAt).toBe(NOON);
    expect(refusalOf({ occurredAt: NOON + 5 * MINUTE_MS + 1 })).toBe(
      'occurredAt: must not lie more than 5 minutes ahead',
    );
  });

  it('may lie 31 days behind', () => {
    const oldest = NOON - 31 * DAY_MS;
    expect(check({ occurredAt: oldest }).occurredAt).toBe(oldest);
    expect(refusalOf({ occurredAt: oldest - 1 })).toBe(
      'occurredAt: must not lie more than 31 days behind',
    );
  });

  it('is shifted by what the clock of the player is off', () => {
    const slow = { occurredAt: NOON - 3 * HOUR_MS - 10_000, sentAt: NOON - 3 * HOUR_MS };
    expect(check(slow).occurredAt).toBe(NOON - 10_000);
    const fast = { occurredAt: NOON + 3 * HOUR_MS - 10_000, sentAt: NOON + 3 * HOUR_MS };
    expect(check(fast).occurredAt).toBe(NOON - 10_000);
  });

  it.each([
    ['in 1970', 60_000],
    ['before all dates', Date.parse('0000-01-01T00:00:00Z')],
    ['a day ahead', NOON + DAY_MS],
    ['after all dates', Date.parse('9999-12-31T23:59:59.999Z')],
  ])('is shifted however much the clock is off: %s', (_, sentAt) => {
    expect(check({ occurredAt: sentAt - 10_000, sentAt }).occurredAt).toBe(NOON - 10_000);
    const old = { occurredAt: sentAt - 31 * DAY_MS - 1, sentAt };
    expect(refusalOf(old)).toMatch('behind');
    expect(refusalOf({ occurredAt: sentAt + 6 * MINUTE_MS, sentAt })).toMatch('ahead');
  });

  it('keeps the limits after the shift, not before it', () => {
    const slow = { occurredAt: NOON - 31 * DAY_MS - HOUR_MS, sentAt: NOON - HOUR_MS };
    expect(check(slow).occurredAt).toBe(NOON - 31 * DAY_MS);
    const fast = { occurredAt: NOON - 31 * DAY_MS + 1, sentAt: NOON + HOUR_MS };
    expect(refusalOf(fast)).toMatch('behind');
    expect(refusalOf({ occurredAt: NOON + 6 * MINUTE_MS, sentAt: NOON })).toMatch('ahead');
  });

  it('as the player stated it names the day of an implicit session', () => {
    const occurredAt = NOON - DAY_MS;
    expect(check({ occurredAt, sentAt: NOON - HOUR_MS }).statedAt).toBe(occurredAt);
    expect(check({ occurredAt, sentAt: NOON - 2 * HOUR_MS }).statedAt).toBe(occurredAt);
    expect(check({ occurredAt: NOON + MINUTE_MS }).statedAt).toBe(NOON + MINUTE_MS);
    expect(check({ sentAt: NOON - DAY_MS }).statedAt).toBe(NOON);
  });

  it('if it is accepted, is never later than now nor too far behind', () => {
    const days = (most: number) => fc.integer({ min: -most * DAY_MS, max: most * DAY_MS });
    fc.assert(
      fc.property(days(40), fc.option(days(40)), (offset, sentOffset) => {
        const sentAt = sentOffset === null ? null : NOON + sentOffset;
        let occurredAt;
        try {
          ({ occurredAt } = check({ occurredAt: NOON + offset, sentAt }));
        } catch (error) {
          expect(error).toBeInstanceOf(PlayheadError);
          return;
        }
        expect(occurredAt).toBeLessThanOrEqual(NOON);
        expect(occurredAt).toBeGreaterThanOrEqual(NOON - 31 * DAY_MS);
      }),
    );
  });
});

describe('a user id that is empty', () => {
  const fields = { mediaId: 'm1', eventType: 'HEARTBEAT', occurredAt: NOON } as const;

  it.each(['', ' '])('%j is nobody in an import, and refused in all else', (userId) => {
    expect(checkReport({ ...fields, userId }, NOON, 'past')).not.toHaveProperty('userId');
    expect(faultsOf({ ...fields, userId }, NOON, 'past')).toEqual([]);
    expect(refusalOf({ ...fields, userId })).toContain('userId: must have 1 to 200 characters');
  });

  it('is no reason to take one that is wrong', () => {
    expect(() => checkReport({ ...fields, userId: '\u0000' }, NOON, 'past')).toThrow('userId');
  });
});

describe('the faults of a report', () => {
  const fieldsOf = (
    fields: Partial<ReportFields>,
    origin?: 'past',
  ): readonly (string | undefined)[] =>
    faultsOf(fields, NOON, origin).map(({ message }) => message.split(':', 1)[0]);
  const good = { mediaId: 'm1', eventType: 'HEARTBEAT' } as const;

  it('are none where it keeps every rule', () => {
    expect(fieldsOf(good)).toEqual([]);
  });

  it('are all that there are', () => {
    const fields = { mediaId: '', eventId: ' ', duration: -1, endReason: 'QUIT' } as const;
    expect(fieldsOf({ ...good, ...fields, occurredAt: NOON + DAY_MS })).toEqual([
      ...['mediaId', 'eventId', 'endReason', 'duration', 'occurredAt'],
    ]);
  });

  it('of times from the past are told apart', () => {
    expect(fieldsOf({ ...good, sentAt: NOON }, 'past')).toEqual(['occurredAt', 'sentAt']);
  });

  it('are not looked for in what was found bad already, nor in what depends on it', () => {
    const fields = { mediaId: undefined, eventType: undefined } as never as ReportFields;
    expect(fieldsOf({ ...fields, endReason: 'QUIT' })).toEqual([]);
    const sentAt = undefined as never as number;
    expect(fieldsOf({ ...good, occurredAt: NOON + DAY_MS, sentAt })).toEqual([]);
    expect(fieldsOf({ ...good, occurredAt: sentAt }, 'past')).toEqual([]);
  });

  it('hold the one that it is refused for, and are there only then', () => {
    const values = fc.record(
      {
        mediaId: fc.constantFrom('m', ''),
        eventType: fc.constantFrom('HEARTBEAT' as const, 'SESSION_END' as const),
        eventId: fc.constantFrom('e', '', null),
        userId: fc.constantFrom('u', '', '\u0000', null),
        endReason: fc.constantFrom('QUIT' as const, null),
        quality: fc.constantFrom('720p', 'x'.repeat(41), null),
        duration: fc.constantFrom(1, -1, null),
        bytesLoaded: fc.constantFrom(1, -1, null),
        occurredAt: fc.constantFrom(NOON, NOON + DAY_MS, 0, null),
        sentAt: fc.constantFrom(NOON, NOON + DAY_MS, null),
      },
      { requiredKeys: ['mediaId', 'eventType'] },
    );
    fc.assert(
      fc.property(values, fc.constantFrom('live' as const, 'past' as const), (fields, origin) => {
        const messages = faultsOf(fields, NOON, origin).map(({ message }) => message);
        let refusal: string | undefined;
        try {
          checkReport(fields, NOON, origin);
        } catch (error) {
          refusal = (error as Error).message;
        }
        expect(messages.length > 0).toBe(refusal !== undefined);
        if (refusal !== undefined) expect(messages).toContain(refusal);
      }),
    );
  });
});
