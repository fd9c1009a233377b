import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { QUARTER_MS } from '../../domain/time.js';
import { completeUntil } from '../ranges/buckets.js';
import { comparedPeriod } from '../ranges/comparison.js';
import { byQuarterHours } from '../ranges/stretch.js';
import { FigureReading } from './figure-reading.js';
import { knownZone } from '../ranges/time-zone.js';
import { FiguresQuery, type FiguresReport } from './figures.query.js';

@QueryHandler(FiguresQuery)
export class FiguresHandler implements IQueryHandler<FiguresQuery> {
  constructor(private readonly reading: FigureReading) {}

  async execute({ wanted, parts, terms }: FiguresQuery): Promise<FiguresReport> {
    const zone = knownZone(wanted.range.timeZone);
    const range = byQuarterHours(wanted.range);
    const until = completeUntil(await this.reading.asOf(), range.to, 'QUARTER_HOUR', zone);
    const compared = wanted.compare && comparedPeriod(wanted.compare, range, zone, until).period;
    // Nothing of a range that lies ahead is complete: there is nothing to compare it with.
    const previous = compared === undefined || compared.from === compared.to ? [] : [compared];
    const { filters } = wanted;
    const { lists, sampled } = await this.reading.read(
      { filters, lists: [[range], previous], parts, stepMs: QUARTER_MS },
      terms,
    );
    const [[figures] = [], [before] = []] = lists;
    if (figures === undefined) throw new Error('a range has no figures');
    return {
      period: { ...range, completeUntil: until },
      figures,
      previous: before ?? null,
      previousPeriod: previous[0] ? { ...previous[0], completeUntil: previous[0].to } : null,
      sampled,
    };
  }
}
