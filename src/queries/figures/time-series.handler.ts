import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { bucketsOf, BUCKETS_MAX, BUCKETS_PER_UNIT, completeUntil } from '../ranges/buckets.js';
import { comparedPeriod } from '../ranges/comparison.js';
import { byMinutes, byQuarterHours } from '../ranges/stretch.js';
import { MINUTE_MS, QUARTER_MS, type Stretch } from '../../domain/time.js';
import { FigureReading } from './figure-reading.js';
import { knownZone } from '../ranges/time-zone.js';
import { TimeSeriesQuery, type Figures, type TimeSeries } from './figures.query.js';
import { partsFor, valueOf } from './metrics.js';

@QueryHandler(TimeSeriesQuery)
export class TimeSeriesHandler implements IQueryHandler<TimeSeriesQuery> {
  constructor(private readonly reading: FigureReading) {}

  async execute(query: TimeSeriesQuery): Promise<TimeSeries> {
    const { wanted, interval, metrics, terms } = query;
    const zone = knownZone(wanted.range.timeZone);
    const isByMinute = interval === 'MINUTE';
    const range = isByMinute ? byMinutes(wanted.range) : byQuarterHours(wanted.range);
    const buckets = bucketsOf(range, interval, zone, BUCKETS_MAX);
    const until = completeUntil(await this.reading.asOf(), range.to, interval, zone);
    const compared = wanted.compare && comparedPeriod(wanted.compare, range, zone, until);
    const previous = compared?.bucketsFor(buckets) ?? [];
    const present = previous.filter((bucket) => bucket !== undefined);
    const { filters } = wanted;
    const parts = partsFor(metrics);
    const stepMs = isByMinute ? MINUTE_MS : QUARTER_MS;
    const asked = [buckets.map((bucket) => within(bucket, range)), present];
    terms.charge(asked.flat().length / BUCKETS_PER_UNIT);
    const { lists, sampled } = await this.reading.read(
      { filters, lists: asked, parts, stepMs },
      terms,
    );
    const [figures = [], before = []] = lists;
    const beforeOf = new Map<Stretch, Figures>();
    for (const [i, bucket] of present.entries()) {
      const found = before[i];
      if (found !== undefined) beforeOf.set(bucket, found);
    }
    return {
      period: { ...range, completeUntil: until },
      interval,
      at: buckets.map(({ from }) => from),
      series: metrics.map((metric) => ({
        metric,
        values: figures.map((one) => valueOf(metric, one)),
        previous: compared
          ? previous.map((bucket) => {
              const found = bucket && beforeOf.get(bucket);
              return found === undefined ? null : valueOf(metric, found);
            })
          : null,
      })),
      sampled,
    };
  }
}

const within = (bucket: Stretch, range: Stretch): Stretch => ({
  from: Math.max(bucket.from, range.from),
  to: Math.min(bucket.to, range.to),
});
