import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { LAST_VIEW_AT } from '../../projections/popularity.js';
import { windowStart } from '../domain/period.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { RollupWindowQuery, type RollupWindow } from './rollup-window.query.js';
import { readTraffic, sum } from './traffic-window.js';

@QueryHandler(RollupWindowQuery)
export class RollupWindowHandler implements IQueryHandler<RollupWindowQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ minutes, readAfter }: RollupWindowQuery): Promise<RollupWindow> {
    const now = this.clock.now();
    const earliest = earliestReadable(this.settings, now);
    const start = Math.max(windowStart(minutes, now), earliest);
    return this.readModels.read(['bandwidth', 'popularity'], readAfter, async (readers) => {
      const hours = await readTraffic(readers.bandwidth, { minutes, now, earliest });
      return {
        windowStart: start,
        windowEnd: now,
        mediaCount: await readers.popularity.count(LAST_VIEW_AT, start),
        views: sum(hours.map(({ views }) => views)),
        bytes: sum(hours.map(({ bytes }) => bytes)),
      };
    });
  }
}
