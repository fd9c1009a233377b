import { Query } from '@nestjs/cqrs';

export interface IdleSession {
  readonly mediaId: string;
  readonly sessionId: string;
}

/** Open sessions in which nothing was recorded since a time, the longest idle first. */
export class IdleSessionsQuery extends Query<readonly IdleSession[]> {
  constructor(
    /** Epoch milliseconds. */
    readonly idleSince: number,
    readonly limit: number,
  ) {
    super();
  }
}
