import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { HOUR_MS } from '../../src/domain/time.js';

/** Reads an RFC 3339 time as epoch milliseconds. */
export const at = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

/** Shows what a zone's clocks show, by an implementation that the code does not use for it. */
export const shown = (timeMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone);

/** Shows the buckets of a zone by their starts and the end of the last, as its clocks show them. */
export const startsShown = (
  buckets: readonly { readonly from: number; readonly to: number }[],
  timeZone: string,
): readonly string[] =>
  [...buckets.map(({ from }) => from), ...buckets.slice(-1).map(({ to }) => to)].map((timeMs) =>
    shown(timeMs, timeZone).toString({ smallestUnit: 'minute', timeZoneName: 'never' }),
  );

const timeZones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const anyTimes = fc.integer({ min: at('1990-01-01T00:00Z'), max: at('2035-01-01T00:00Z') });
const hoursAround = fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS });

/** A zone and a time from 1990 to 2034: every other one is near a change of the zone's clocks. */
export const zonedTimes = fc
  .record({ timeZone: timeZones, any: anyTimes, isNear: fc.boolean(), around: hoursAround })
  .map(({ timeZone, any, isNear, around }) => {
    const change = isNear ? shown(any, timeZone).getTimeZoneTransition('next') : null;
    return { timeZone, timeMs: change ? change.epochMilliseconds + around : any };
  });
