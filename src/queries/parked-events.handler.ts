import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import { PROJECTION_CONTROL, type ProjectionControl } from '../ports/projection-control.js';
import type { ParkedEvent } from '../ports/read-model-store.js';
import { ParkedEventsQuery } from './parked-events.query.js';

@QueryHandler(ParkedEventsQuery)
export class ParkedEventsHandler implements IQueryHandler<ParkedEventsQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute({ projection }: ParkedEventsQuery): Promise<readonly ParkedEvent[]> {
    const name = this.control.progress().find((one) => one.name === projection)?.name;
    if (name === undefined) throw new PlayheadError('NOT_FOUND', 'there is no such projection');
    return this.control.parked(name);
  }
}
