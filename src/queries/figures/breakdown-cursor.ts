import { badInput } from '../../domain/errors.js';
import { quote } from '../../domain/text.js';
import type { Identity } from '../../ports/identity.js';
import type { WantedBreakdown } from './breakdown.query.js';

/** The place where a page of a table ended. */
export interface BreakdownPlace {
  /** The number of slots that the table was made from: the next page is made from the same. */
  readonly slots: number;
  /** The value that rows are ordered by; null where there is none. */
  readonly rank: number | null;
  readonly value: string;
}

/** Makes the cursor that clients get: opaque, and marked as issued here for this table. */
export function encodeCursor(
  { slots, rank, value }: BreakdownPlace,
  wanted: WantedBreakdown,
  identity: Identity,
): string {
  const place = JSON.stringify([slots, rank, value]);
  const { range, filters, by, orderBy, minViews, search } = wanted;
  const table = JSON.stringify([range, filters, by, orderBy, minViews, search]);
  return Buffer.from(identity.mark(`${place} ${table}`) + place).toString('base64url');
}

/** Reads the cursor that a client sends; BAD_USER_INPUT unless this table issued it. */
export function decodeCursor(
  text: string,
  wanted: WantedBreakdown,
  identity: Identity,
): BreakdownPlace {
  const place = parse(text);
  if (place === undefined || encodeCursor(place, wanted, identity) !== text) {
    throw badInput('after', `is no cursor of this list: ${quote(text)}`);
  }
  return place;
}

function parse(text: string): BreakdownPlace | undefined {
  try {
    const marked = Buffer.from(text, 'base64url').toString();
    const parts: unknown = JSON.parse(marked.slice(marked.indexOf('[')));
    if (!Array.isArray(parts)) return undefined;
    const [slots, rank, value] = parts as unknown[];
    const isWhole =
      Number.isSafeInteger(slots) &&
      (rank === null || typeof rank === 'number') &&
      typeof value === 'string';
    return isWhole ? ({ slots, rank, value } as BreakdownPlace) : undefined;
  } catch {
    // The text is no JSON, so this server did not issue it.
    return undefined;
  }
}
