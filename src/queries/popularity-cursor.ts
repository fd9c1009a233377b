import { badInput } from '../domain/errors.js';
import { TIME_PERIODS, type TimePeriod } from '../domain/period.js';
import { quote } from '../domain/text.js';
import type { Identity } from '../ports/identity.js';

/** The place where a page of a period's list ended. */
export interface PopularityCursor {
  readonly period: TimePeriod;
  readonly rank: number;
  readonly mediaId: string;
}

/** Makes the cursor that clients get: opaque, and marked as issued here. */
export function encodeCursor(
  { period, rank, mediaId }: PopularityCursor,
  identity: Identity,
): string {
  const place = JSON.stringify([period, rank, mediaId]);
  return Buffer.from(identity.mark(place) + place).toString('base64url');
}

/** Reads the cursor that a client sends; BAD_USER_INPUT unless this period's list issued it. */
export function decodeCursor(
  text: string,
  period: TimePeriod,
  identity: Identity,
): PopularityCursor {
  const cursor = parse(text);
  if (cursor === undefined || encodeCursor(cursor, identity) !== text) {
    throw badInput('after', `is no cursor of this list: ${quote(text)}`);
  }
  if (cursor.period !== period) {
    throw badInput('after', `is a cursor of the ${cursor.period} list, not of ${period}`);
  }
  return cursor;
}

function parse(text: string): PopularityCursor | undefined {
  try {
    const marked = Buffer.from(text, 'base64url').toString();
    const parts: unknown = JSON.parse(marked.slice(marked.indexOf('[')));
    if (!Array.isArray(parts)) return undefined;
    const [period, rank, mediaId] = parts as unknown[];
    const isWhole =
      TIME_PERIODS.some((known) => known === period) &&
      Number.isSafeInteger(rank) &&
      typeof mediaId === 'string' &&
      mediaId !== '';
    return isWhole ? ({ period, rank, mediaId } as PopularityCursor) : undefined;
  } catch {
    // The text is no JSON, so this server did not issue it.
    return undefined;
  }
}
