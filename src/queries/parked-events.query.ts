import { Query } from '@nestjs/cqrs';
import type { ParkedEvent } from '../ports/read-model/documents.js';

/** Asks for the events that a projection could not take; NOT_FOUND without such a projection. */
export class ParkedEventsQuery extends Query<readonly ParkedEvent[]> {
  constructor(readonly projection: string) {
    super();
  }
}
