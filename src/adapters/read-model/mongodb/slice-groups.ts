import { NO_COUNTS } from '../../../domain/figures/figure-counts.js';
import type { ConcurrencyPeak, FigureParts } from '../../../domain/figures/figure-totals.js';
import { MINUTE_MS, minuteOf, type Stretch } from '../../../domain/time.js';
import type { Slice, SliceGroup } from '../../../ports/read-model/slices.js';

/** The groups of an answer, put together from several aggregates. */
export class SliceGroups {
  /** By their values, for each stretch. */
  private readonly drafts: readonly Map<string, GroupDraft>[];

  constructor({ stretches }: Slice) {
    this.drafts = stretches.map(() => new Map());
  }

  /** Returns a group, to be filled in. */
  at(stretch: number, value: string): GroupDraft {
    const groups = this.drafts[stretch];
    const known = groups?.get(value);
    if (known !== undefined) return known;
    const made: GroupDraft = { counts: NO_COUNTS, viewers: 0, startups: {}, peak: NO_PEAK };
    groups?.set(value, made);
    return made;
  }

  all(parts: FigureParts): readonly SliceGroup[] {
    return this.drafts.flatMap((groups, stretch) =>
      [...groups].map(([value, { counts, viewers, startups, peak }]) => ({
        stretch,
        value,
        totals: {
          counts,
          ...(parts.uniqueViewers && { viewers: { count: viewers, isExact: true } }),
          ...(parts.startupTime && { startups }),
          ...(parts.peak && { peak }),
        },
      })),
    );
  }
}

/** The sums of a group so far. */
export interface GroupDraft {
  counts: readonly number[];
  viewers: number;
  readonly startups: Record<number, number>;
  peak: ConcurrencyPeak;
}

const NO_PEAK: ConcurrencyPeak = { sessions: 0, at: undefined };

/**
 * Follows the number of sessions of one value from minute to minute, and notes the peak of each
 * stretch.
 */
export class ConcurrencyRun {
  private sessions = 0;
  private minute = 0;
  /** The number of the first stretch that is not behind us. */
  private next = 0;

  constructor(
    private readonly stretches: readonly Stretch[],
    private readonly groups: SliceGroups,
    readonly value: string,
  ) {}

  /** From a minute on there are so many sessions more; minutes rise. */
  change(minute: number, change: number): void {
    if (this.sessions > 0) this.noteUntil(minute);
    this.minute = minute;
    this.sessions += change;
  }

  /** Until a minute there are as many sessions as now. */
  private noteUntil(minute: number): void {
    for (let number = this.next; ; number += 1) {
      const stretch = this.stretches[number];
      if (stretch === undefined || minuteOf(stretch.from) >= minute) return;
      if (minuteOf(stretch.to) <= this.minute) {
        this.next = number + 1;
        continue;
      }
      const group = this.groups.at(number, this.value);
      if (this.sessions <= group.peak.sessions) continue;
      const at = Math.max(stretch.from, this.minute * MINUTE_MS);
      group.peak = { sessions: this.sessions, at };
    }
  }
}
