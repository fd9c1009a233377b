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
  /** Where the time begins that it tells of; `atMs` where it tells of none. */
  readonly fromMs: number;
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
      const atMs = Date.parse(at);
      return { atMs, fromMs: atMs - seconds * 1_000, state, seconds, quality, bytes };
    })
    .toSorted((one, other) => one.atMs - other.atMs);
  const toMs = Math.max(...moments.map(({ atMs }) => atMs));
  const states = moments.flatMap(({ fromMs, atMs, state }) =>
    state === undefined ? [] : [{ fromMs, toMs: atMs, kind: state }],
  );
  const loaded = moments.flatMap((one) =>
    one.bytes === null || one.bytes === 0
      ? []
      : [{ fromMs: one.fromMs, toMs: one.atMs, kind: 'bytes', bytes: one.bytes }],
  );
  const rates = loaded.map(({ bytes, fromMs, toMs: endMs }) => bytes / (endMs - fromMs));
  const highest = Math.max(...rates.filter(Number.isFinite));
  const bytes = loaded.map((one, i) => {
    const rate = rates[i] ?? 0;
    return { ...one, height: Number.isFinite(rate) ? rate / highest : undefined };
  });
  const fromMs = Math.min(...moments.map((one) => one.fromMs));
  const qualities = qualitiesOf(moments, toMs);
  return { fromMs, toMs, states, qualities, bytes, moments };
}

/**
 * Puts qualities over the time of a session. An event with a duration tells of the time that led up
 * to it, as it does in `byQuality`; one without tells what holds from there on, until another one
 * says otherwise. Where a later one tells of that time, it is left with a moment of no length.
 */
function qualitiesOf(moments: readonly Moment[], endMs: number): readonly Stretch[] {
  const made: Stretch[] = [];
  const put = (fromMs: number, toMs: number, kind: string): void => {
    const last = made.at(-1);
    if (last?.kind === kind) made[made.length - 1] = { ...last, toMs: Math.max(last.toMs, toMs) };
    else made.push({ fromMs, toMs, kind });
  };
  /** What holds from a time on, as long as nothing tells of the time after it. */
  let open: { readonly atMs: number; readonly quality: string }[] = [];
  const close = (untilMs: number): void => {
    open.forEach(({ atMs, quality }, i) => {
      const nextMs = open[i + 1]?.atMs ?? untilMs;
      put(atMs, Math.max(atMs, Math.min(nextMs, untilMs)), quality);
    });
    open = [];
  };
  const ticks: Stretch[] = [];
  for (const { atMs, fromMs, seconds, quality } of moments) {
    if (seconds > 0) {
      ticks.push(
        ...open
          .filter((one) => one.atMs > fromMs && one.quality !== quality)
          .map((one) => ({ fromMs: one.atMs, toMs: one.atMs, kind: one.quality })),
      );
      open = open.filter((one) => one.atMs <= fromMs);
      close(fromMs);
      put(Math.max(fromMs, made.at(-1)?.toMs ?? fromMs), atMs, quality);
    }
    open.push({ atMs, quality });
  }
  close(endMs);
  return [...made, ...ticks];
}

/**
 * Finds the event that tells of a time: one whose duration holds it, else the last one until then.
 * One that tells of no time of its own is found at its own moment, `nearMs` wide.
 */
export function momentAt({ moments }: Lanes, timeMs: number, nearMs: number): number {
  const isAt = ({ atMs, seconds }: Moment): boolean =>
    seconds === 0 && timeMs >= atMs && timeMs <= atMs + nearMs;
  const at = moments.findLastIndex(isAt);
  if (at >= 0) return at;
  const holding = moments.findIndex(({ atMs, fromMs }) => fromMs <= timeMs && timeMs <= atMs);
  if (holding >= 0) return holding;
  return Math.max(
    0,
    moments.findLastIndex(({ atMs }) => atMs <= timeMs),
  );
}
