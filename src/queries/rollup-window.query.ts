import { Query } from '@nestjs/cqrs';

export interface RollupWindow {
  /** Epoch milliseconds. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** The number of media items with a view in the window. */
  readonly mediaCount: number;
  readonly views: number;
  readonly bytes: number;
}

/** Asks for the totals of the last `minutes` minute buckets, which end with the current one. */
export class RollupWindowQuery extends Query<RollupWindow> {
  constructor(
    readonly minutes: number,
    readonly readAfter?: number,
  ) {
    super();
  }
}
