import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { bucketsOf, completeUntil } from '../ranges/buckets.js';
import { comparedPeriod } from '../ranges/comparison.js';
import { byQuarterHours, type Stretch } from '../ranges/stretch.js';
import { FigureReading, knownZone } from './figure-reading.js';
import { TimeSeriesQuery, type Figures, type TimeSeries } from './figures.query.js';
import { partsFor, valueOf } from './metrics.js';

/** The buckets of one answer. */
const BUCKETS_MAX = 2_000;

@QueryHandler(TimeSeriesQuery)
export class TimeSeriesHandler implements IQueryHandler<TimeSeriesQuery> {
  constructor(private readonly reading: FigureReading) {}

  async execute(query: TimeSeriesQuery): Promise<TimeSeries> {
    const { wanted, interval, metrics, readAfter } = query;
    const zone = knownZone(wanted.range.timeZone);
    const range = byQuarterHours(wanted.range);
    const buckets = bucketsOf(range, interval, zone, BUCKETS_MAX);
    const until = completeUntil(await this.reading.asOf(), range.to, interval, zone);
    const compared = wanted.compare && comparedPeriod(wanted.compare, range, zone, until);
    const previous = compared?.bucketsFor(buckets) ?? [];
    const present = previous.filter((bucket) => bucket !== undefined);
    const lists = [buckets.map((bucket) => within(bucket, range)), present];
    const [figures = [], before = []] = await this.reading.read(
      ...([wanted, lists, partsFor(metrics), readAfter] as const),
    );
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
      sampled: 1,
    };
  }
}

const within = (bucket: Stretch, range: Stretch): Stretch => ({
  from: Math.max(bucket.from, range.from),
  to: Math.min(bucket.to, range.to),
});
