import { Query } from '@nestjs/cqrs';

export interface IdleSession {
  readonly mediaId: string;
  readonly sessionId: string;
  /** The time when its last event was recorded, epoch milliseconds. */
  readonly lastRecordedAt: number;
  /** The session's place among all; `value` is the minute of that time, in epoch milliseconds. */
  readonly place: { readonly value: number; readonly key: string };
}

/**
 * Asks for the open sessions that were heard of last in the minute of a time or before, the longest
 * idle first.
 */
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

/** Counts the open sessions that were heard of last in the minute of a time or before. */
export class IdleSessionCountQuery extends Query<number> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    /** Leaves out the sessions that were heard of last before that minute; epoch milliseconds. */
    readonly from = 0,
  ) {
    super();
  }
}
