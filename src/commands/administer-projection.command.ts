import { Command } from '@nestjs/cqrs';

/** What administrators may ask of a projection. */
export type ProjectionOrder =
  | { readonly kind: 'rebuild' | 'cancel' | 'rollBack' }
  | { readonly kind: 'retry'; readonly giveUp?: ParkedEventToSkip };

/** A parked event that is not to be tried again, and why. */
interface ParkedEventToSkip {
  readonly position: number;
  /** The document that it is parked for; empty if the event itself could not be read. */
  readonly key: string;
  readonly reason: string;
}

/** Does something to the read model of a projection; NOT_FOUND if there is none of that name. */
export class AdministerProjectionCommand extends Command<void> {
  constructor(
    readonly name: string,
    readonly order: ProjectionOrder,
  ) {
    super();
  }
}
