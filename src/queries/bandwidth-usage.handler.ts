import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { PERIOD_MINUTES, periodMs, windowStart } from '../domain/period.js';
import { percentageOf, rankQualities, STREAM_QUALITIES } from '../domain/quality.js';
import { HOUR_MS, MINUTE_MS } from '../domain/time.js';
import { gibibytes, megabitsPerSecond } from '../domain/units.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import {
  BandwidthUsageQuery,
  type BandwidthReport,
  type QualityBandwidth,
} from './bandwidth-usage.query.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { readTraffic, sum, type HourlyTraffic } from './traffic-window.js';

@QueryHandler(BandwidthUsageQuery)
export class BandwidthUsageHandler implements IQueryHandler<BandwidthUsageQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ period, readAfter }: BandwidthUsageQuery): Promise<BandwidthReport> {
    const now = this.clock.now();
    const earliest = earliestReadable(this.settings, now);
    const window = { minutes: PERIOD_MINUTES[period], now, earliest };
    const hours = await this.readModels.read(['bandwidth'], readAfter, (readers) =>
      readTraffic(readers.bandwidth, window),
    );
    const keptMs = periodMs(period) - Math.max(0, earliest - windowStart(window.minutes, now));
    return { period, ...totalsOf(hours, keptMs, this.settings.egressPricePerGib) };
  }
}

/** Returns the totals of the period. Averages are over the part of it that is kept. */
function totalsOf(
  hours: readonly HourlyTraffic[],
  keptMs: number,
  pricePerGib: number,
): Omit<BandwidthReport, 'period'> {
  const bytes = sum(hours.map((hour) => hour.bytes));
  const busiest = Math.max(0, ...hours.map((hour) => hour.busiestMinuteBytes));
  return {
    totalGB: gibibytes(bytes),
    peakMbps: megabitsPerSecond(busiest, MINUTE_MS),
    avgMbps: megabitsPerSecond(bytes, keptMs),
    byQuality: byQualityOf(hours, bytes),
    byHour: hours
      .filter((hour) => hour.bytes > 0)
      .map((hour) => ({
        hour: hour.hour * HOUR_MS,
        totalGB: gibibytes(hour.bytes),
        peakMbps: megabitsPerSecond(hour.busiestMinuteBytes, MINUTE_MS),
      })),
    cost: gibibytes(bytes) * pricePerGib,
  };
}

/** Returns a row for each quality with a view or a byte, the most bytes first. */
function byQualityOf(hours: readonly HourlyTraffic[], total: number): readonly QualityBandwidth[] {
  const traffic = hours.flatMap(({ byQuality }) => byQuality);
  const rows = STREAM_QUALITIES.flatMap((quality): QualityBandwidth[] => {
    const own = traffic.filter((row) => row.quality === quality);
    if (own.length === 0) return [];
    const bytes = sum(own.map((row) => row.bytes));
    return [{ quality, totalGB: gibibytes(bytes), percentage: percentageOf(bytes, total) }];
  });
  return rankQualities(rows, ({ totalGB }) => totalGB);
}
