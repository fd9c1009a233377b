import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.js';
import { NOON } from '../playback.js';
import type { EventType, SentReport } from './reports.js';

/** Reports for examples by hand, and a range that all of them lie in. */

export const WHOLE = {
  from: NOON - 30 * DAY_MS,
  to: NOON + 30 * DAY_MS,
  egressPricePerGib: 0.1,
  qualifiedViewSeconds: 30,
};
export const RECORDED_AT = NOON + DAY_MS;

/** A report of the session `s1` of `m1`, of something so many minutes after noon. */
export const report = (
  eventType: EventType,
  minute: number,
  more: Partial<SentReport> = {},
): SentReport => implicit(eventType, minute, { sessionId: 's1', ...more });

/** The same without a session of its own: of a viewer's day, or of nobody. */
export const implicit = (
  eventType: EventType,
  minute: number,
  more: Partial<SentReport> = {},
): SentReport => ({
  mediaId: 'm1',
  eventType,
  occurredAt: NOON + minute * MINUTE_MS,
  recordedAt: RECORDED_AT,
  ...more,
});
