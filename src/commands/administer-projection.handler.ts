import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import { PROJECTION_CONTROL, type ProjectionControl } from '../ports/projection-control.js';
import { AdministerProjectionCommand } from './administer-projection.command.js';

@CommandHandler(AdministerProjectionCommand)
export class AdministerProjectionHandler implements ICommandHandler<AdministerProjectionCommand> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute({ name: wanted, order }: AdministerProjectionCommand): Promise<void> {
    const name = this.control.progress().find((one) => one.name === wanted)?.name;
    if (name === undefined) throw new PlayheadError('NOT_FOUND', 'there is no such projection');
    switch (order.kind) {
      case 'rebuild':
        return this.control.rebuild(name);
      case 'cancel':
        return this.control.cancelRebuild(name);
      case 'rollBack':
        return this.control.rollBack(name);
      case 'retry':
        return this.control.retryParked(name, order.giveUp);
    }
  }
}
