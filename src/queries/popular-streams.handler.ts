import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  LAST_VIEW_AT,
  MEDIA,
  rankIndex,
  type MediaDocument,
} from '../../projections/popularity.js';
import { rankOfScore } from '../domain/decayed-score.js';
import { compareUtf8 } from '../domain/text.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import type { DocumentReader, IndexedDocument } from '../ports/read-model/reader.js';
import { laterThan, readLaterMedia } from './later-views.js';
import { PopularStreamsQuery, type StreamConnection } from './popular-streams.query.js';
import { decodeCursor, encodeCursor, type PopularityCursor } from './popularity-cursor.js';
import { pageOf } from './page.js';
import { QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { describeStreams, startOf, viewsWindow, type ViewsWindow } from './stream-views.js';

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
    const window = viewsWindow(period, now, this.settings);
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
    const { period, scored, now } = window;
    const from = startOf(window);
    const later = await readLater(reader, window);
    const rows = await reader.page<MediaDocument>({
      index: rankIndex(scored),
      // One row more than asked for tells whether there is a next page.
      limit: first + 1,
      where: { index: LAST_VIEW_AT, from, before: laterThan(now) },
      ...(cursor !== undefined && { after: placeOf(cursor) }),
    });
    const ahead = later.filter((row) => cursor === undefined || order(row, placeOf(cursor)) > 0);
    const ranked = [...rows, ...ahead].sort(order);
    const page = ranked.slice(0, first);
    const items = page.map(({ body }) => body);
    const streams = await describeStreams(reader, items, window);
    const cursors = page.map(({ value, body: { mediaId } }) =>
      encodeCursor({ period, rank: value, mediaId }, this.identity),
    );
    const counted = await reader.count(LAST_VIEW_AT, from);
    const countedLater = await reader.count(LAST_VIEW_AT, laterThan(now));
    const edges = streams.map((node, i) => ({ node, cursor: cursors[i] ?? '' }));
    return {
      ...pageOf(edges, { hasNextPage: ranked.length > first, after: cursor }),
      totalCount: counted - countedLater + later.length,
    };
  }
}

type RankedMedia = IndexedDocument<MediaDocument>;
type RankedPlace = Pick<RankedMedia, 'value' | 'key'>;

const placeOf = ({ rank, mediaId }: PopularityCursor): RankedPlace => ({
  value: rank,
  key: MEDIA.key(mediaId),
});

const order = (a: RankedPlace, b: RankedPlace): number =>
  a.value - b.value || compareUtf8(a.key, b.key);

/** Reads titles with later views and ranks them by their others, if one is in the window. */
async function readLater(
  reader: DocumentReader,
  window: ViewsWindow,
): Promise<readonly RankedMedia[]> {
  const items = await readLaterMedia(reader, window);
  return items.flatMap((body) => {
    const { mediaId, scores, lastViewAt = 0 } = body;
    if (scores === undefined || lastViewAt < startOf(window)) return [];
    return [{ key: MEDIA.key(mediaId), value: rankOfScore(scores[window.scored]), body }];
  });
}
