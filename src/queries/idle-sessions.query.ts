import { Query } from '@nestjs/cqrs';

export interface IdleSession {
  readonly mediaId: string;
  readonly sessionId: string;
  /** Where it stands among all; `value` is when its last event was stored, epoch milliseconds. */
  readonly place: { readonly value: number; readonly key: string };
}

/** Open sessions in which nothing was recorded since a time, the longest idle first. */
export class IdleSessionsQuery extends Query<readonly IdleSession[]> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    readonly limit: number,
    /** Where the page before ended. */
    readonly after?: IdleSession['place'],
  ) {
    super();
  }
}

/** How many open sessions there are in which nothing was recorded since a time. */
export class IdleSessionCountQuery extends Query<number> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    /** Only those in which something was recorded then or later; epoch milliseconds. */
    readonly from = 0,
  ) {
    super();
  }
}
