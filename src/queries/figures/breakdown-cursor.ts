import type { Identity } from '../../ports/identity.js';
import { encodePlace, foreignCursor, placeIn } from '../marked-cursor.js';
import type { WantedBreakdown } from './breakdown.query.js';

/** The place where a page of a table ended. */
export interface BreakdownPlace {
  /**
   * The number of slots that the table was made from. The next page is made from the same number.
   */
  readonly slots: number;
  /** The value that rows are ordered by; null if the row has none. */
  readonly rank: number | null;
  readonly value: string;
}

/** Makes the cursor that clients get: opaque, and marked as issued here for this table. */
export function encodeCursor(
  { slots, rank, value }: BreakdownPlace,
  wanted: WantedBreakdown,
  identity: Identity,
): string {
  const { range, filters, by, orderBy, minViews, minAttempts, search } = wanted;
  const table = JSON.stringify([range, filters, by, orderBy, minViews, minAttempts, search]);
  return encodePlace([slots, rank, value], identity, table);
}

/** Reads the cursor that a client sends; BAD_USER_INPUT unless this table issued it. */
export function decodeCursor(
  text: string,
  wanted: WantedBreakdown,
  identity: Identity,
): BreakdownPlace {
  const place = tablePlaceIn(text);
  if (place === undefined || encodeCursor(place, wanted, identity) !== text) {
    throw foreignCursor(text);
  }
  return place;
}

function tablePlaceIn(text: string): BreakdownPlace | undefined {
  const [slots, rank, value] = placeIn(text) ?? [];
  const isWhole =
    Number.isSafeInteger(slots) &&
    (rank === null || typeof rank === 'number') &&
    typeof value === 'string';
  return isWhole ? ({ slots, rank, value } as BreakdownPlace) : undefined;
}
