import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  PROJECTION_ADMINISTRATION,
  type ProjectionAdministration,
} from '../ports/projection-administration.js';
import type { ParkedEvent } from '../ports/read-model/documents.js';
import { ParkedEventsQuery } from './parked-events.query.js';

@QueryHandler(ParkedEventsQuery)
export class ParkedEventsHandler implements IQueryHandler<ParkedEventsQuery> {
  constructor(
    @Inject(PROJECTION_ADMINISTRATION) private readonly administration: ProjectionAdministration,
  ) {}

  execute({ name }: ParkedEventsQuery): Promise<readonly ParkedEvent[]> {
    return this.administration.carryOut({ kind: 'parked', name });
  }
}
