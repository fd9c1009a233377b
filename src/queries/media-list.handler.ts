import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CREATED_AT, MEDIA, type MediaDocument } from '../../projections/popularity.js';
import { compareUtf8, folded, ID_LENGTH_MAX } from '../domain/text.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import type { AskingTerms } from './figures/figures.query.js';
import { withoutLaterViews } from './later-views.js';
import { decodeCursor, encodeCursor } from './media-cursor.js';
import { MediaListQuery, type WantedMedia } from './media-list.query.js';
import type { StreamConnection } from './popular-streams.query.js';
import { pageOf } from './page.js';
import { QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { describeStreams, viewsWindow } from './stream-views.js';

@QueryHandler(MediaListQuery)
export class MediaListHandler implements IQueryHandler<MediaListQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ wanted, terms }: MediaListQuery): Promise<StreamConnection> {
    const { after, first } = wanted;
    const search = folded(wanted.search);
    const place = after === undefined ? undefined : decodeCursor(after, search, this.identity);
    const window = viewsWindow('WEEK', this.clock.now(), this.settings);
    return this.readModels.read(['popularity'], terms.readAfter, async ({ popularity }) => {
      const { items, totalCount } = await find(popularity, { search, first, place }, terms);
      const page = await withoutLaterViews(popularity, items.slice(0, first), window);
      const streams = await describeStreams(popularity, page, window);
      const edges = streams.map((node) => ({
        node,
        cursor: encodeCursor(node.mediaId, search, this.identity),
      }));
      const hasNextPage = items.length > first;
      return { ...pageOf(edges, { hasNextPage, after: place }), totalCount };
    });
  }
}

/** The titles that a search reads at once, so that a long list leaves room for others. */
const TITLES_AT_ONCE = 1_000;
/** The titles whose search costs one unit. */
const TITLES_PER_UNIT = 50;
/** The last possible key: no character is greater, and no id longer. */
const LAST_KEY = MEDIA.key('\u{10ffff}'.repeat(ID_LENGTH_MAX));

/** The media of a page and the next one after it, and the number on all pages. */
interface FoundMedia {
  readonly items: readonly MediaDocument[];
  readonly totalCount: number;
}

/** A page, with the media id that the page before ended with. */
type WantedPage = Pick<WantedMedia, 'search' | 'first'> & { readonly place: string | undefined };

/** Finds the media of a page. A search reads all titles, as no index sorts them by their texts. */
async function find(
  reader: DocumentReader,
  { search, first, place }: WantedPage,
  { charge }: AskingTerms,
): Promise<FoundMedia> {
  const known = await reader.count(CREATED_AT, 0);
  if (search === '') {
    // One more than asked for tells whether there is a next page.
    return { items: await readMedia(reader, place, first + 1), totalCount: known };
  }
  charge(known / TITLES_PER_UNIT);
  const items: MediaDocument[] = [];
  let totalCount = 0;
  let last: string | undefined;
  do {
    const read = await readMedia(reader, last, TITLES_AT_ONCE);
    for (const item of read.filter((one) => holds(one, search))) {
      totalCount += 1;
      const isAhead = place === undefined || compareUtf8(item.mediaId, place) > 0;
      if (isAhead && items.length <= first) items.push(item);
    }
    last = read.length < TITLES_AT_ONCE ? undefined : read.at(-1)?.mediaId;
  } while (last !== undefined);
  return { items, totalCount };
}

/** Reads the first media by id, or the first ones behind an id. */
async function readMedia(
  reader: DocumentReader,
  after: string | undefined,
  limit: number,
): Promise<readonly MediaDocument[]> {
  // No id holds a control character, so that none lies between an id and this.
  const from = after === undefined ? MEDIA.key('') : `${MEDIA.key(after)}\u0000`;
  const rows = await reader.range<MediaDocument>(from, LAST_KEY, limit);
  return rows.map(({ body }) => body);
}

const holds = ({ mediaId, description }: MediaDocument, search: string): boolean =>
  [mediaId, description?.title ?? ''].some((text) => folded(text).includes(search));
