import { MINUTE_MS, minuteOf } from '../time.js';
import { dimensionOf, type Dimension } from './dimensions.js';
import { PLACE } from './figure-counts.js';
import { includesMinute } from './minute-runs.js';
import { bytesIn } from './recent-bytes.js';
import { hasFailed } from './session-order.js';
import type { SessionRow } from './session-row.js';

/** The moment of a question about who watches, epoch milliseconds. */
export interface LiveMoment {
  readonly at: number;
  /** The time for which a view counts as watched after it was heard of. */
  readonly windowMs: number;
}

/** The sums over sessions at a moment. */
export interface LiveSums {
  /** Views under way, neither paused nor over, and heard of within the window. */
  readonly viewers: number;
  /** The viewers that are stalled. */
  readonly stalling: number;
  /** Views that started within the last minute. */
  readonly starts: number;
  /** Sessions that failed within the last minute. */
  readonly failures: number;
  /** Bytes of the last full minute. */
  readonly bytes: number;
  /** The sessions watched or stalled in the latest minutes of the clock, the one under way last. */
  readonly minutes: readonly number[];
  /** The viewers by their values of each wanted dimension; '' where it is not known. */
  readonly viewersBy: Readonly<Partial<Record<Dimension, ReadonlyMap<string, number>>>>;
}

/** The minutes for which watched sessions are counted here; the last one is under way. */
const MINUTES = 3;

/**
 * Returns the start of the minute since which a session has to be heard of to count; epoch
 * milliseconds.
 */
export function heardOfFrom({ at, windowMs }: LiveMoment): number {
  const firstCounted = minuteOf(at) - MINUTES + 1;
  return Math.max(0, Math.min(firstCounted, minuteOf(at - windowMs))) * MINUTE_MS;
}

/** Sums up sessions at a moment, one after the other. */
export class LiveSum {
  private viewers = 0;
  private stalling = 0;
  private starts = 0;
  private failures = 0;
  private bytes = 0;
  private readonly minutes = new Array<number>(MINUTES).fill(0);
  private readonly viewersBy: readonly (readonly [Dimension, Map<string, number>])[];
  private readonly minuteNow: number;

  constructor(
    private readonly moment: LiveMoment,
    dimensions: readonly Dimension[],
  ) {
    this.viewersBy = dimensions.map((dimension) => [dimension, new Map<string, number>()]);
    this.minuteNow = minuteOf(moment.at);
  }

  add(row: SessionRow): void {
    if (isWatched(row, this.moment)) this.addViewer(row);
    if (hasViews(row) && this.isRecent(row.startedAt)) this.starts += 1;
    if (hasFailed(row) && this.isRecent(row.lastAt)) this.failures += 1;
    this.bytes += bytesIn(row.recentBytes, this.minuteNow - 1);
    for (let i = 0; i < MINUTES; i += 1) {
      const minute = this.minuteNow - MINUTES + 1 + i;
      if (includesMinute(row.minutes, minute)) this.minutes[i] = (this.minutes[i] ?? 0) + 1;
    }
  }

  sums(): LiveSums {
    const { viewers, stalling, starts, failures, bytes, minutes } = this;
    const viewersBy = Object.fromEntries(this.viewersBy);
    return { viewers, stalling, starts, failures, bytes, minutes, viewersBy };
  }

  private addViewer(row: SessionRow): void {
    this.viewers += 1;
    if (row.state === 'STALLED') this.stalling += 1;
    for (const [dimension, counts] of this.viewersBy) {
      const value = dimensionOf(row, dimension);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }

  private isRecent(timeMs: number): boolean {
    const { at } = this.moment;
    return timeMs > at - MINUTE_MS && timeMs <= at;
  }
}

const hasViews = ({ counts }: SessionRow): boolean => (counts[PLACE.views] ?? 0) > 0;

/**
 * Says whether somebody watches a session. A session heard of later than now by more than the
 * window is left out: its server's clock was ahead.
 */
const isWatched = (row: SessionRow, { at, windowMs }: LiveMoment): boolean =>
  row.endReason === '' &&
  row.state !== 'PAUSED' &&
  row.liveAt > at - windowMs &&
  row.liveAt <= at + windowMs &&
  hasViews(row);
