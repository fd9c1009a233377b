import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { PROJECTION_CONTROL, type ProjectionControl } from '../ports/projection-control.js';
import { freshnessIn, FreshnessQuery, type Freshness } from './freshness.query.js';

@QueryHandler(FreshnessQuery)
export class FreshnessHandler implements IQueryHandler<FreshnessQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  async execute(): Promise<Freshness> {
    return freshnessIn(await this.control.lag());
  }
}
