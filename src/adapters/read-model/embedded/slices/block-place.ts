import {
  ALL_SLOTS,
  dayNumber,
  reachedDay,
  slotOf,
  type Slots,
} from '../../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { DAY_MS, dayOf, minuteOf } from '../../../../domain/time.js';

const MINUTES_PER_DAY = minuteOf(DAY_MS);

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

function isIn({ slots: { from, before } }: BlockPlace, row: SessionRow): boolean {
  if (from === ALL_SLOTS.from && before === ALL_SLOTS.before) return true;
  const slot = slotOf(row);
  return slot >= from && slot < before;
}

/** Returns the days of the blocks that hold a session, or held it before it was changed. */
export function daysOf(kind: BlockPlace['kind'], row: SessionRow): readonly number[] {
  if (kind === 'started') return [dayNumber(dayOf(row.startedAt))];
  const last = reachedDay(row);
  if (last === undefined) return [];
  // Minutes are only added to a session.
  const first = Math.floor((row.minutes[0] ?? 0) / MINUTES_PER_DAY);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
