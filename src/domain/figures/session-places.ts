/** The places of sessions in the indexes of their read model. */

import { asNumber, asText, DocumentKind } from '../document-key.js';
import { dayOf, MINUTE_MS, minuteOf, MINUTES_PER_DAY, type Stretch } from '../time.js';
import type { SessionRow } from './session-row.js';

export type SessionParts = [mediaId: string, sessionId: string, view: number];
/** The rows of sessions, by title, session and view. */
export const SESSION = new DocumentKind<SessionRow, SessionParts>('session', [
  asText,
  asText,
  asNumber,
]);

/** The indexes of sessions by their places among all, and among those of their titles. */
export const STARTED_ON = 'startedOn';
export const TITLE_STARTED_ON = 'titleStartedOn';
/** The index of the sessions that were watched on another day than that of their start. */
export const REACHED_DAY = 'reachedDay';
/**
 * The index of sessions by the minute in which they were heard of last, in epoch milliseconds. For
 * a session that is over it is -1 less that minute, so that the latest come first.
 */
export const HEARD_OF_IN = 'heardOfIn';

/**
 * The number of slots that sessions are dealt out to. All sessions of a viewer have the same slot,
 * each anonymous session its own. The sessions of some slots are a sample of viewers.
 */
export const SAMPLE_SLOTS = 2 ** 14;
/** The number of days, from 1970 to 2149; a later day counts as the last one. */
const DAYS = 2 ** 16;
/**
 * The count of numbers for titles. Titles may share a number, which now and then costs a look at
 * another title's sessions.
 */
const TITLES = 2 ** 23;

/** The first value, and the one behind the last, of an index. */
export interface ValueRange {
  readonly from: number;
  readonly before: number;
}

/** A range of slots. */
export type Slots = ValueRange;
export const ALL_SLOTS: Slots = { from: 0, before: SAMPLE_SLOTS };
export const areAll = ({ from, before }: Slots): boolean => before - from === SAMPLE_SLOTS;

/** Returns the slot of a session. */
export const slotOf = ({ viewerId, mediaId, sessionId, view = 0 }: SessionRow): number =>
  hashOf(viewerId ?? `${mediaId} ${sessionId} ${String(view)}`) % SAMPLE_SLOTS;

/** Returns the slot of a viewer's sessions, or all slots. */
export function slotsOf(viewerId: string | undefined): Slots {
  if (viewerId === undefined) return ALL_SLOTS;
  const slot = hashOf(viewerId) % SAMPLE_SLOTS;
  return { from: slot, before: slot + 1 };
}

/** Returns the place of a session among all: by the UTC day of its start, then by its slot. */
export const placeAmongAll = (row: SessionRow): number =>
  dayNumber(dayOf(row.startedAt)) * SAMPLE_SLOTS + slotOf(row);

/** Returns the place of a session among those of its title, by day and slot. */
export const placeInTitle = (row: SessionRow): number =>
  titleStart(row.mediaId) + placeAmongAll(row);

/** Returns the place of a session among those that were heard of, by the minute. */
export function placeHeardOf({ lastRecordedAt, endReason }: SessionRow): number {
  const heardOf = minuteOf(lastRecordedAt) * MINUTE_MS;
  return endReason === '' ? heardOf : -1 - heardOf;
}

/** Returns the places of sessions heard of since the start of a minute: open ones, ended ones. */
export const placesHeardOfSince = (minuteMs: number): readonly ValueRange[] => [
  { from: minuteMs, before: Infinity },
  { from: -Infinity, before: -minuteMs },
];

/** Returns the number of the UTC day that a minute falls into. */
const dayOfMinute = (minute: number): number => Math.floor(minute / MINUTES_PER_DAY);

/**
 * Returns the UTC day of the last minute in which a session was watched or stalled, if any such
 * minute lies on another day than its start.
 */
export function reachedDay({ startedAt, minutes }: SessionRow): number | undefined {
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [firstDay, lastDay] = [dayOfMinute(first), dayOfMinute(last)];
  const day = dayOf(startedAt);
  return firstDay === day && lastDay === day ? undefined : lastDay;
}

/** UTC days from a first to a last one. */
export type DayRange = readonly [first: number, last: number];

/** Returns the days that stretches touch, which are in the order of time, as runs without a gap. */
export function daysIn(stretches: readonly Stretch[]): readonly DayRange[] {
  const runs: [first: number, last: number][] = [];
  for (const { from, to } of stretches) {
    const [first, last] = [dayOf(from), dayOf(to - 1)];
    const run = runs.at(-1);
    if (run !== undefined && first <= run[1] + 1) run[1] = last;
    else runs.push([first, last]);
  }
  return runs;
}

/**
 * Returns the places of all sessions that started on UTC days from a first to a last one, of all
 * titles or of one. This is one range; if only some slots are wanted, it is one range for each day.
 */
export function placesOn(
  [first, last]: DayRange,
  slots: Slots,
  mediaId?: string,
): readonly ValueRange[] {
  const start = mediaId === undefined ? 0 : titleStart(mediaId);
  const at = (day: number, slot: number): number => start + dayNumber(day) * SAMPLE_SLOTS + slot;
  if (areAll(slots)) {
    return [{ from: at(first, 0), before: at(last, SAMPLE_SLOTS) }];
  }
  const ranges: ValueRange[] = [];
  for (let day = dayNumber(first); day <= dayNumber(last); day += 1) {
    ranges.push({ from: at(day, slots.from), before: at(day, slots.before) });
  }
  return ranges;
}

/** Returns the day that stands for a day in a place. */
export const dayNumber = (day: number): number => Math.min(day, DAYS - 1);
/** Returns the day that stands in a place. */
export const dayIn = (place: number): number => Math.floor(place / SAMPLE_SLOTS) % DAYS;
const titleStart = (mediaId: string): number => (hashOf(mediaId) % TITLES) * DAYS * SAMPLE_SLOTS;

/** FNV-1a over UTF-16 units, with the final mix of MurmurHash3: 32 bits that look random. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
