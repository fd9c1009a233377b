import type { TimelineEntry } from '../api/schema.js';

/** A stretch of a session, in epoch milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** The state or the quality that it was in. */
  readonly kind: string;
}

/** What a session's timeline is drawn from. */
export interface Lanes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly states: readonly Stretch[];
  readonly qualities: readonly Stretch[];
  /** Bytes at the times at which they were told, up to which they were loaded. */
  readonly bytes: readonly (Stretch & { readonly bytes: number })[];
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
  const told = entries.map((entry) => {
    const toMs = Date.parse(entry.at);
    return { entry, toMs, fromMs: toMs - (entry.duration ?? 0) * 1_000 };
  });
  const inTime = told.toSorted((one, other) => one.toMs - other.toMs);
  const fromMs = Math.min(...told.map((one) => one.fromMs));
  const toMs = Math.max(...told.map((one) => one.toMs));
  const states = inTime.flatMap(({ entry, fromMs: from, toMs: to }) => {
    const kind = SPENT[entry.type];
    return kind !== undefined && to > from ? [{ fromMs: from, toMs: to, kind }] : [];
  });
  const qualities: Stretch[] = [];
  inTime.forEach(({ entry, toMs: from }, i) => {
    const to = inTime[i + 1]?.toMs ?? toMs;
    const last = qualities.at(-1);
    if (last?.kind === entry.quality) qualities[qualities.length - 1] = { ...last, toMs: to };
    else qualities.push({ fromMs: from, toMs: to, kind: entry.quality });
  });
  const bytes = inTime.flatMap(({ entry, fromMs: from, toMs: to }) =>
    entry.bytes === null || entry.bytes === 0
      ? []
      : [{ fromMs: from, toMs: to, kind: 'bytes', bytes: entry.bytes }],
  );
  return { fromMs, toMs, states, qualities, bytes };
}
