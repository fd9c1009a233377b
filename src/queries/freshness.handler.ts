import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import { PROJECTION_CONTROL, type ProjectionControl } from '../ports/projection-control.js';
import { FreshnessQuery, type Freshness } from './freshness.query.js';

@QueryHandler(FreshnessQuery)
export class FreshnessHandler implements IQueryHandler<FreshnessQuery> {
  constructor(@Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl) {}

  async execute(): Promise<Freshness> {
    const all = await this.control.lag();
    if (all.length === 0) throw new PlayheadError('READ_MODEL_BEHIND', 'no read model is there');
    const counts = all.map(({ lagEvents }) => lagEvents);
    return {
      position: Math.min(...all.map(({ scanned }) => scanned)),
      asOf: Math.min(...all.map(({ asOf }) => asOf)),
      lagSeconds: Math.max(...all.map(({ lagSeconds }) => lagSeconds)),
      lagEvents: counts.reduce((a, b) =>
        a === undefined || b === undefined ? undefined : Math.max(a, b),
      ),
      parkedEvents: Math.max(...all.map(({ parkedEvents }) => parkedEvents)),
      stopped: all.filter(({ isStopped }) => isStopped).map(({ name }) => name),
    };
  }
}
