import { Query } from '@nestjs/cqrs';
import type { ProjectionName } from '../ports/projection.js';
import type { ParkedEvent } from '../ports/read-model/documents.js';

/** Asks for the events that a projection could not take. */
export class ParkedEventsQuery extends Query<readonly ParkedEvent[]> {
  constructor(readonly name: ProjectionName) {
    super();
  }
}
