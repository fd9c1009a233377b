import { Query } from '@nestjs/cqrs';

export interface IdleSession {
  readonly mediaId: string;
  readonly sessionId: string;
  /** The session's place among all; `value` is when its last event was recorded, epoch ms. */
  readonly place: { readonly value: number; readonly key: string };
}

/** Asks for open sessions in which nothing was recorded since a time, the longest idle first. */
export class IdleSessionsQuery extends Query<readonly IdleSession[]> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    readonly limit: number,
    /** The place where the page before ended. */
    readonly after?: IdleSession['place'],
  ) {
    super();
  }
}

/** Counts the open sessions in which nothing was recorded since a time. */
export class IdleSessionCountQuery extends Query<number> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    /** Leaves out sessions in which nothing was recorded from then on; epoch milliseconds. */
    readonly from = 0,
  ) {
    super();
  }
}
