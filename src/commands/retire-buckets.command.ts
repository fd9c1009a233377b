import { Command } from '@nestjs/cqrs';

/** Removes what the read models hold of the time before a moment; the events stay. */
export class RetireBucketsCommand extends Command<void> {
  constructor(
    /** Epoch milliseconds. */
    readonly before: number,
  ) {
    super();
  }
}
