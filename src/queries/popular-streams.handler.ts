import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  LAST_VIEW_AT,
  mediaKey,
  rankIndex,
  type MediaDocument,
} from '../../projections/popularity.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import type { DocumentReader } from '../ports/read-model-store.js';
import { PopularStreamsQuery, type StreamConnection } from './popular-streams.query.js';
import { decodeCursor, encodeCursor, type PopularityCursor } from './popularity-cursor.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { describeStreams, startOf, type ViewsWindow } from './stream-views.js';

@QueryHandler(PopularStreamsQuery)
export class PopularStreamsHandler implements IQueryHandler<PopularStreamsQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute(query: PopularStreamsQuery): Promise<StreamConnection> {
    const { period, after, readAfter } = query;
    const now = this.clock.now();
    const window = { period, now, earliest: earliestReadable(this.settings, now) };
    const cursor = after === undefined ? undefined : decodeCursor(after, period, this.identity);
    return this.readModels.read(['popularity'], readAfter, ({ popularity }) =>
      this.readPage(popularity, query.first, cursor, window),
    );
  }

  private async readPage(
    reader: DocumentReader,
    first: number,
    cursor: PopularityCursor | undefined,
    window: ViewsWindow,
  ): Promise<StreamConnection> {
    const { period } = window;
    const where = { index: LAST_VIEW_AT, from: startOf(window) };
    const rows = await reader.page<MediaDocument>({
      index: rankIndex(period),
      // One more than asked for tells whether there is a next page.
      limit: first + 1,
      where,
      ...(cursor !== undefined && { after: { value: cursor.rank, key: mediaKey(cursor.mediaId) } }),
    });
    const page = rows.slice(0, first);
    const items = page.map(({ body }) => body);
    const streams = await describeStreams(reader, items, window);
    const cursors = page.map(({ value, body: { mediaId } }) =>
      encodeCursor({ period, rank: value, mediaId }, this.identity),
    );
    return {
      edges: streams.map((node, i) => ({ node, cursor: cursors[i] ?? '' })),
      pageInfo: {
        hasNextPage: rows.length > first,
        hasPreviousPage: cursor !== undefined,
        startCursor: cursors[0],
        endCursor: cursors.at(-1),
      },
      totalCount: await reader.count(LAST_VIEW_AT, where.from),
    };
  }
}
