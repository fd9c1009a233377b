import { Command } from '@nestjs/cqrs';
import type { MediaDescription } from '../domain/event.js';

/** Registers a media item or replaces it; returns the position from which that counts. */
export class RegisterMediaCommand extends Command<{
  readonly position: number;
  /** The time of the first registration, in epoch milliseconds. */
  readonly registeredAt: number;
}> {
  constructor(
    readonly mediaId: string,
    readonly description: MediaDescription,
  ) {
    super();
  }
}
