import { Query } from '@nestjs/cqrs';

export interface RollupWindow {
  /** Epoch milliseconds. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Media items with a view in the window. */
  readonly mediaCount: number;
  readonly views: number;
  readonly bytes: number;
}

/** The totals of the minute buckets, so many, that end with the current one. */
export class RollupWindowQuery extends Query<RollupWindow> {
  constructor(
    readonly minutes: number,
    readonly readAfter?: number,
  ) {
    super();
  }
}
