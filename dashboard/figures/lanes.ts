import type { TimelineEntry } from '../api/schema.js';

/** A stretch of a session, in epoch milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** The state or the quality that it was in. */
  readonly kind: string;
}

/** What one event tells, and when. */
interface Moment {
  readonly atMs: number;
  /** What the time that led up to it was spent with, and how many seconds; undefined: untold. */
  readonly state: string | undefined;
  readonly seconds: number;
  readonly quality: string;
  readonly bytes: number | null;
}

/** What a session's timeline is drawn from. */
export interface Lanes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly states: readonly Stretch[];
  readonly qualities: readonly Stretch[];
  readonly bytes: readonly Loaded[];
  /** The events in the order of their times. */
  readonly moments: readonly Moment[];
}

/** Bytes, and the time that they were loaded in: of an event without a duration, none is told. */
interface Loaded extends Stretch {
  readonly bytes: number;
  /** The rate as a share of the highest one; undefined where it is not known. */
  readonly height: number | undefined;
}

/** What the duration of an event was spent with; of other types none is told. */
const SPENT: Readonly<Record<string, string>> = {
  HEARTBEAT: 'playing',
  PAUSED: 'playing',
  QUALITY_CHANGED: 'playing',
  SESSION_END: 'playing',
  SESSION_START: 'playing',
  PLAYBACK_ERROR: 'playing',
  MANIFEST_GENERATED: 'playing',
  REBUFFER_END: 'stalled',
  BUFFERING: 'stalled',
  RESUMED: 'paused',
  SEEKED: 'seeking',
};

/** Puts the events of a session on lanes: each tells of the time that led up to it. */
export function lanesOf(entries: readonly TimelineEntry[]): Lanes {
  const moments = entries
    .map(({ at, type, duration, quality, bytes }) => {
      const seconds = duration ?? 0;
      const state = seconds > 0 ? SPENT[type] : undefined;
      return { atMs: Date.parse(at), state, seconds, quality, bytes };
    })
    .toSorted((one, other) => one.atMs - other.atMs);
  const startOf = ({ atMs, seconds }: Moment): number => atMs - seconds * 1_000;
  const toMs = Math.max(...moments.map(({ atMs }) => atMs));
  const states = moments.flatMap((one) =>
    one.state === undefined ? [] : [{ fromMs: startOf(one), toMs: one.atMs, kind: one.state }],
  );
  const qualities: Stretch[] = [];
  moments.forEach(({ atMs, quality }, i) => {
    const endMs = moments[i + 1]?.atMs ?? toMs;
    const last = qualities.at(-1);
    if (last?.kind === quality) qualities[qualities.length - 1] = { ...last, toMs: endMs };
    else qualities.push({ fromMs: atMs, toMs: endMs, kind: quality });
  });
  const loaded = moments.flatMap((one) =>
    one.bytes === null || one.bytes === 0
      ? []
      : [{ fromMs: startOf(one), toMs: one.atMs, kind: 'bytes', bytes: one.bytes }],
  );
  const rates = loaded.map(({ bytes, fromMs, toMs: endMs }) => bytes / (endMs - fromMs));
  const highest = Math.max(...rates.filter(Number.isFinite));
  const bytes = loaded.map((one, i) => {
    const rate = rates[i] ?? 0;
    return { ...one, height: Number.isFinite(rate) ? rate / highest : undefined };
  });
  return { fromMs: Math.min(...moments.map(startOf)), toMs, states, qualities, bytes, moments };
}
