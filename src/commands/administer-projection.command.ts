import { Command } from '@nestjs/cqrs';

/** The orders that administrators may give on a projection. */
export type ProjectionOrder =
  | { readonly kind: 'rebuild' | 'cancel' | 'rollBack' }
  | { readonly kind: 'retry'; readonly giveUp?: ParkedEventToSkip };

/** A parked event that is not to be tried again, with the reason. */
interface ParkedEventToSkip {
  readonly position: number;
  /** The document that it is parked for; empty if the event itself could not be read. */
  readonly key: string;
  readonly reason: string;
}

/** Carries out an order on a read model; NOT_FOUND if no projection has the name. */
export class AdministerProjectionCommand extends Command<void> {
  constructor(
    readonly name: string,
    readonly order: ProjectionOrder,
  ) {
    super();
  }
}
