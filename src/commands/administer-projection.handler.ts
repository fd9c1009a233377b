import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  PROJECTION_CONTROL,
  projectionNamed,
  type ProjectionControl,
} from '../ports/projection-control.js';
import { AdministerProjectionCommand } from './administer-projection.command.js';

@CommandHandler(AdministerProjectionCommand)
export class AdministerProjectionHandler implements ICommandHandler<AdministerProjectionCommand> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute({ name: wanted, order }: AdministerProjectionCommand): Promise<void> {
    const name = projectionNamed(this.control, wanted);
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
