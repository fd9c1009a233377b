import { Query } from '@nestjs/cqrs';
import type { ProjectionLag } from '../ports/projection-control.js';

/** How far every projection is; it waits for none of them. */
export class ProjectionsQuery extends Query<readonly ProjectionLag[]> {}
