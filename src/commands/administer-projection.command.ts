import { Command } from '@nestjs/cqrs';
import type {
  OrderKind,
  OrderResult,
  ProjectionOrder,
} from '../ports/projection-administration.js';

/** Gives an order to projections; what comes of it says their administration. */
export class AdministerProjectionCommand<Kind extends OrderKind> extends Command<
  OrderResult<Kind>
> {
  constructor(readonly order: ProjectionOrder<Kind>) {
    super();
  }
}
