import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  PROJECTION_ADMINISTRATION,
  type OrderKind,
  type OrderResult,
  type ProjectionAdministration,
} from '../ports/projection-administration.js';
import { AdministerProjectionCommand } from './administer-projection.command.js';

@CommandHandler(AdministerProjectionCommand)
export class AdministerProjectionHandler implements ICommandHandler<
  AdministerProjectionCommand<OrderKind>
> {
  constructor(
    @Inject(PROJECTION_ADMINISTRATION) private readonly administration: ProjectionAdministration,
  ) {}

  execute({ order }: AdministerProjectionCommand<OrderKind>): Promise<OrderResult<OrderKind>> {
    return this.administration.carryOut(order);
  }
}
