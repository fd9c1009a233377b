import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PROJECTION_CONTROL, type ProjectionControl } from '../ports/projection-control.js';
import { RetireBucketsCommand } from './retire-buckets.command.js';

@CommandHandler(RetireBucketsCommand)
export class RetireBucketsHandler implements ICommandHandler<RetireBucketsCommand> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute({ before }: RetireBucketsCommand): Promise<void> {
    return this.control.retire(before);
  }
}
