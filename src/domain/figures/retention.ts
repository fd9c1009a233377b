import { PLACE } from './figure-counts.js';
import { playedRuns } from './played-runs.js';
import type { SessionRow } from './session-row.js';

/** The part of a session that retention depends on. */
export type RetentionRow = Pick<SessionRow, 'played' | 'mediaDurationMs'>;

/** Says whether a session is a view. */
export const isView = ({ counts }: SessionRow): boolean => (counts[PLACE.views] ?? 0) > 0;

/** Counts the views by the length of the title that they state. */
export class LengthCounts {
  private readonly counts = new Map<number, number>();

  add(lengthMs: number, views = 1): void {
    this.counts.set(lengthMs, (this.counts.get(lengthMs) ?? 0) + views);
  }

  /** Returns the length that most views state; of several the shortest. */
  commonest(): number | undefined {
    const ordered = [...this.counts].sort(([a, views], [b, others]) => others - views || a - b);
    return ordered[0]?.[0];
  }
}

/** The sums of the shown parts of a title, over views whose length is known. */
export interface RetentionSums {
  readonly views: number;
  /** The views that showed any of each step. */
  readonly shown: readonly number[];
  /** The amount of each step that was shown, in hundredths of milliseconds. */
  readonly played: readonly number[];
}

/** The equal steps that a title is cut into. */
export const RETENTION_STEPS = 100;

/** Sums up the parts of a title of a known length that views showed. */
export class RetentionSum {
  private views = 0;
  private readonly shown = new Array<number>(RETENTION_STEPS).fill(0);
  private readonly played = new Array<number>(RETENTION_STEPS).fill(0);
  /** The last view that showed some of a step. */
  private readonly lastView = new Array<number>(RETENTION_STEPS).fill(0);

  /** With a registered length, every view has a length. */
  constructor(
    private readonly lengthMs: number,
    private readonly isRegistered: boolean,
  ) {}

  add({ played = [], mediaDurationMs }: RetentionRow): void {
    if (mediaDurationMs === undefined && !this.isRegistered) return;
    this.views += 1;
    for (const [fromMs, toMs, times] of playedRuns(played)) this.addRun(fromMs, toMs, times);
  }

  sums(): RetentionSums {
    return { views: this.views, shown: this.shown, played: this.played };
  }

  /** In hundredths of milliseconds a step is as long as the title in milliseconds: all is whole. */
  private addRun(fromMs: number, toMs: number, times: number): void {
    const from = fromMs * RETENTION_STEPS;
    const to = Math.min(toMs, this.lengthMs) * RETENTION_STEPS;
    const first = Math.floor(from / this.lengthMs);
    for (let step = first; step * this.lengthMs < to; step += 1) {
      const begin = Math.max(from, step * this.lengthMs);
      const end = Math.min(to, (step + 1) * this.lengthMs);
      this.played[step] = (this.played[step] ?? 0) + (end - begin) * times;
      if (this.lastView[step] === this.views) continue;
      this.lastView[step] = this.views;
      this.shown[step] = (this.shown[step] ?? 0) + 1;
    }
  }
}
