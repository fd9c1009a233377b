import { badInput } from '../domain/errors.js';
import { TIME_PERIODS, type TimePeriod } from '../domain/period.js';
import type { Identity } from '../ports/identity.js';
import { encodePlace, foreignCursor, placeIn } from './marked-cursor.js';

/** The place where a page of a period's list ended. */
export interface PopularityCursor {
  readonly period: TimePeriod;
  readonly rank: number;
  readonly mediaId: string;
}

/** Makes the cursor that clients get: opaque, and marked as issued here. */
export const encodeCursor = (
  { period, rank, mediaId }: PopularityCursor,
  identity: Identity,
): string => encodePlace([period, rank, mediaId], identity);

/** Reads the cursor that a client sends; BAD_USER_INPUT unless this period's list issued it. */
export function decodeCursor(
  text: string,
  period: TimePeriod,
  identity: Identity,
): PopularityCursor {
  const cursor = cursorIn(text);
  if (cursor === undefined || encodeCursor(cursor, identity) !== text) throw foreignCursor(text);
  if (cursor.period !== period) {
    throw badInput('after', `is a cursor of the ${cursor.period} list, not of ${period}`);
  }
  return cursor;
}

function cursorIn(text: string): PopularityCursor | undefined {
  const [period, rank, mediaId] = placeIn(text) ?? [];
  const isWhole =
    TIME_PERIODS.some((known) => known === period) &&
    Number.isSafeInteger(rank) &&
    typeof mediaId === 'string' &&
    mediaId !== '';
  return isWhole ? ({ period, rank, mediaId } as PopularityCursor) : undefined;
}
