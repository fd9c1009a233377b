import { Temporal } from 'temporal-polyfill';

/**
 * Returns the time that a text states, epoch milliseconds: a time with its offset, or a day, which
 * begins at midnight in a zone; undefined if it states none.
 */
export function momentOf(text: string, timeZone: string): number | undefined {
  try {
    const instant = DAY.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(timeZone).toInstant()
      : Temporal.Instant.from(text);
    return instant.epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const DAY = /^\d{4}-\d\d-\d\d$/;
