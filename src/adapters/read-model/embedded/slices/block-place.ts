import {
  areAll,
  dayNumber,
  dayOfMinute,
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
  const dayOfRow = kind === 'started' ? dayNumber(dayOf(row.startedAt)) : reachedDay(row);
  return dayOfRow === day && (mediaId === undefined || row.mediaId === mediaId) && isIn(place, row);
}

function isIn({ slots }: BlockPlace, row: SessionRow): boolean {
  if (areAll(slots)) return true;
  const slot = slotOf(row);
  return slot >= slots.from && slot < slots.before;
}

/** Returns the days of the blocks that hold a session, or held it before it was changed. */
export function daysOf(kind: BlockPlace['kind'], row: SessionRow): readonly number[] {
  if (kind === 'started') return [dayNumber(dayOf(row.startedAt))];
  const last = reachedDay(row);
  if (last === undefined) return [];
  // Minutes are only added to a session.
  const first = dayOfMinute(row.minutes[0] ?? 0);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
