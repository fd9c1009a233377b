import { Query } from '@nestjs/cqrs';
import type { ProjectionLag } from '../ports/projection-control.js';

/** Asks for the progress of every projection, and waits for none of them. */
export class ProjectionsQuery extends Query<readonly ProjectionLag[]> {}
