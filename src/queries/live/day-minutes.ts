import { MINUTE_MS, minuteOf } from '../../domain/time.js';

/** The sessions that were watched or stalled in each minute of some hours. */
export interface DayMinutes {
  /** The first minute, from the epoch. */
  readonly first: number;
  /** By minute; those that are not there have none. */
  readonly sessions: readonly number[];
  /** The share of viewers whose sessions were read: 1 is all, and exact. */
  readonly sampled: number;
}

/** The latest minutes as a look saw them. */
export interface LatestMinutes {
  /** The moment of the look, epoch milliseconds. */
  readonly at: number;
  /** The identity of the generation that was looked at. */
  readonly identity: string | undefined;
  /** By minute, the one under way last. */
  readonly sessions: readonly number[];
}

/** Minutes, and up to when they are known. */
export interface KnownMinutes extends DayMinutes {
  /** Epoch milliseconds: the minute of it, and those behind, may lack something. */
  readonly until: number;
}

const firstOf = ({ at, sessions }: LatestMinutes): number => minuteOf(at) - sessions.length + 1;

/** Says whether no minute is missing between what is known and what a look saw, if it is newer. */
export const isWhole = ({ until }: Pick<KnownMinutes, 'until'>, latest: LatestMinutes): boolean =>
  firstOf(latest) <= minuteOf(until);

export const inMinute = ({ first, sessions }: DayMinutes, minute: number): number =>
  sessions[minute - first] ?? 0;

/** Returns the minutes as they were at the moment of a look. */
export function seenBy<Minutes extends DayMinutes>(day: Minutes, latest: LatestMinutes): Minutes {
  const sessions = day.sessions.slice();
  const start = firstOf(latest) - day.first;
  for (const [i, count] of latest.sessions.entries()) sessions[start + i] = count;
  return { ...day, sessions };
}

/** Adds what a look saw, unless something newer is known. */
export const withLook = (known: KnownMinutes, latest: LatestMinutes): KnownMinutes =>
  latest.at <= known.until ? known : { ...seenBy(known, latest), until: latest.at };

/** Takes the minutes of a count; where it may lack something, those that are newer stay. */
export function withCount(known: KnownMinutes | undefined, count: KnownMinutes): KnownMinutes {
  if (known === undefined || known.until <= count.until) return count;
  const sessions = count.sessions.slice();
  for (let minute = minuteOf(count.until); minute <= minuteOf(known.until); minute += 1) {
    sessions[minute - count.first] = inMinute(known, minute);
  }
  return { ...count, sessions, until: known.until };
}

interface PeakMinute {
  readonly sessions: number;
  /** Null: nobody watched. */
  readonly at: number | null;
}

/** Returns the most sessions in a minute from one time to another, and when that was first. */
export function peakWithin(day: DayMinutes, from: number, to: number): PeakMinute {
  let peak: PeakMinute = { sessions: 0, at: null };
  for (let minute = minuteOf(from); minute <= minuteOf(to); minute += 1) {
    const sessions = inMinute(day, minute);
    if (sessions > peak.sessions) peak = { sessions, at: minute * MINUTE_MS };
  }
  return peak;
}
