import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { MINUTE_MS, minuteOf, SLOT_MS, type Stretch } from '../domain/time.js';
import { gibibytes, megabitsPerSecond } from '../domain/units.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { countHours, DeliveredBytes, readHours } from './delivered-bytes.js';
import { DeliveryQuery, type Delivery } from './delivery.query.js';
import { knownZone } from './ranges/time-zone.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { bucketsOf, BUCKETS_MAX, BUCKETS_PER_UNIT, completeUntil } from './ranges/buckets.js';
import { byMinutes, byQuarterHours } from './ranges/stretch.js';
import { ReadModels } from './read-models.js';

@QueryHandler(DeliveryQuery)
export class DeliveryHandler implements IQueryHandler<DeliveryQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ range: asked, interval, terms }: DeliveryQuery): Promise<Delivery> {
    const zone = knownZone(asked.timeZone);
    const range = interval === 'MINUTE' ? byMinutes(asked) : byQuarterHours(asked);
    const buckets = bucketsOf(range, interval, zone, BUCKETS_MAX);
    const asOf = await this.readModels.asOf('bandwidth');
    const now = this.clock.now();
    const from = Math.max(range.from, earliestReadable(this.settings, now));
    const stretch = { from, to: Math.max(range.to, from) };
    const slotsUntil = Math.max(from, range.to <= asOf ? range.to : startOfSlot(asOf));
    const delivered = new DeliveredBytes({ stretch, buckets, slotsUntil });
    await this.readModels.read(['bandwidth'], terms.readAfter, async ({ bandwidth }) => {
      const hours = await countHours(bandwidth, stretch);
      terms.charge(hours / HOURS_PER_UNIT + buckets.length / BUCKETS_PER_UNIT);
      await readHours(bandwidth, stretch, (hour, document) => {
        delivered.add(hour, document);
      });
    });
    const { total, peak, series } = delivered;
    return {
      period: { ...range, completeUntil: completeUntil(asOf, range.to, interval, zone) },
      bytes: total,
      cost: gibibytes(total) * this.settings.egressPricePerGib,
      averageMbps: megabitsPerSecond(total, passedMs(stretch, now)),
      peakMbps: megabitsPerSecond(peak.bytes, MINUTE_MS),
      peakAt: peak.at,
      p95Mbps: delivered.percentileMbps(),
      at: buckets.map((bucket) => bucket.from),
      byQuality: series,
    };
  }
}

/** The hours of bandwidth that a unit of cost pays for. */
const HOURS_PER_UNIT = 6;

const startOfSlot = (timeMs: number): number => Math.floor(timeMs / SLOT_MS) * SLOT_MS;

/**
 * Returns the part of a stretch that has passed, in milliseconds; the minute under way counts as a
 * whole one.
 */
function passedMs({ from, to }: Stretch, now: number): number {
  const endOfMinute = (minuteOf(now) + 1) * MINUTE_MS;
  return Math.max(0, Math.min(to, endOfMinute) - from);
}
