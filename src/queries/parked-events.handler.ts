import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  PROJECTION_CONTROL,
  projectionNamed,
  type ProjectionControl,
} from '../ports/projection-control.js';
import type { ParkedEvent } from '../ports/read-model/documents.js';
import { ParkedEventsQuery } from './parked-events.query.js';

@QueryHandler(ParkedEventsQuery)
export class ParkedEventsHandler implements IQueryHandler<ParkedEventsQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute({ projection }: ParkedEventsQuery): Promise<readonly ParkedEvent[]> {
    return this.control.parked(projectionNamed(this.control, projection));
  }
}
