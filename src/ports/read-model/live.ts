import type { Dimension } from '../../domain/figures/dimensions.js';
import { LiveSum, type LiveMoment, type LiveSums } from '../../domain/figures/live-sums.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import { doHold, type SliceFilter } from './slices.js';

/** Counts the viewers of a moment. */
export interface LiveReader {
  /**
   * Sums up each group of sessions, all on one state of the read model. That state is at a position
   * or behind it. It reads sessions that reported within the last minutes. Throws what `snapshot`
   * does.
   */
  live(atLeast: number, question: LiveQuestion): Promise<readonly LiveSums[]>;
}

/** Sessions whose viewers are counted together. */
export interface LiveGroup {
  /** The filters that a session must all meet. */
  readonly filters: readonly SliceFilter[];
  /** The dimensions to count the viewers by, each by itself. */
  readonly dimensions: readonly Dimension[];
}

/** A question about the sessions that are watched at a moment. */
export interface LiveQuestion extends LiveMoment {
  readonly groups: readonly LiveGroup[];
}

/** Sums up the groups of a question, one session after the other. */
export class LiveGroups {
  private readonly groups: readonly { readonly group: LiveGroup; readonly sum: LiveSum }[];

  constructor({ groups, ...moment }: LiveQuestion) {
    this.groups = groups.map((group) => ({ group, sum: new LiveSum(moment, group.dimensions) }));
  }

  add(row: SessionRow): void {
    for (const { group, sum } of this.groups) if (doHold(group.filters, row)) sum.add(row);
  }

  sums(): readonly LiveSums[] {
    return this.groups.map(({ sum }) => sum.sums());
  }
}
