import { Command } from '@nestjs/cqrs';

/** Ends a session if it is open and nothing was recorded in it since a time. */
export class EndIdleSessionCommand extends Command<{
  readonly isEnded: boolean;
  readonly position: number;
}> {
  constructor(
    readonly mediaId: string,
    readonly sessionId: string,
    /** Epoch milliseconds. */
    readonly idleSince: number,
  ) {
    super();
  }
}
