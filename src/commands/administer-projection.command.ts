import { Command } from '@nestjs/cqrs';
import type {
  OrderKind,
  OrderResult,
  ProjectionOrder,
} from '../ports/projection-administration.js';

/** Gives an order to a projection, or to all. `ProjectionOrders` says what each order returns. */
export class AdministerProjectionCommand<Kind extends OrderKind> extends Command<
  OrderResult<Kind>
> {
  constructor(readonly order: ProjectionOrder<Kind>) {
    super();
  }
}
