import {
  areAll,
  dayNumber,
  reachedDay,
  slotOf,
  type Slots,
} from '../../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { dayOf } from '../../../../domain/time.js';

/** The sessions of a block: those of a UTC day, of one title or of all, in some slots. */
export interface BlockPlace {
  /** The day on which they started, or that of the last minute of those that REACHED_DAY finds. */
  readonly kind: 'started' | 'reached';
  readonly day: number;
  readonly mediaId: string | undefined;
  readonly slots: Slots;
}

export const nameOf = ({ kind, day, mediaId, slots }: BlockPlace): string =>
  JSON.stringify([kind, day, slots.from, slots.before, mediaId]);

/** Says whether a session belongs to a block. */
export function holds(place: BlockPlace, row: SessionRow): boolean {
  const { kind, day, mediaId } = place;
  if (dayOfRow(kind, row) !== day) return false;
  return (mediaId === undefined || row.mediaId === mediaId) && isIn(place, row);
}

function isIn({ slots }: BlockPlace, row: SessionRow): boolean {
  if (areAll(slots)) return true;
  const slot = slotOf(row);
  return slot >= slots.from && slot < slots.before;
}

/** Returns the day of the blocks of a kind that hold a session; undefined if none does. */
export const dayOfRow = (kind: BlockPlace['kind'], row: SessionRow): number | undefined =>
  kind === 'started' ? dayNumber(dayOf(row.startedAt)) : reachedDay(row);
