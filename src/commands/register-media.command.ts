import { Command } from '@nestjs/cqrs';
import type { MediaDescription } from '../domain/event.js';

/** Registers a media item, or replaces what is registered; the position from which it counts. */
export class RegisterMediaCommand extends Command<{
  readonly position: number;
  /** When it was registered first; epoch milliseconds. */
  readonly registeredAt: number;
}> {
  constructor(
    readonly mediaId: string,
    readonly description: MediaDescription,
  ) {
    super();
  }
}
