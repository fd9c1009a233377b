import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  PROJECTION_CONTROL,
  type ProjectionControl,
  type ProjectionLag,
} from '../ports/projection-control.js';
import { ProjectionsQuery } from './projections.query.js';

@QueryHandler(ProjectionsQuery)
export class ProjectionsHandler implements IQueryHandler<ProjectionsQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  execute(): Promise<readonly ProjectionLag[]> {
    return this.control.lag();
  }
}
