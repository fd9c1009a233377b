import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { mediaKey, type MediaDocument } from '../../projections/popularity.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { StreamQuery, type Stream } from './popular-streams.query.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { describeStreams } from './stream-views.js';

@QueryHandler(StreamQuery)
export class StreamHandler implements IQueryHandler<StreamQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ mediaId, period, readAfter }: StreamQuery): Promise<Stream | undefined> {
    const now = this.clock.now();
    const window = { period, now, earliest: earliestReadable(this.settings, now) };
    return this.readModels.read(['popularity'], readAfter, async ({ popularity }) => {
      const found = await popularity.get<MediaDocument>([mediaKey(mediaId)]);
      const [stream] = await describeStreams(popularity, [...found.values()], window);
      return stream;
    });
  }
}
