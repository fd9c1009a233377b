import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { MEDIA, type MediaDocument } from '../../../projections/popularity.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import { withoutLaterViews } from '../later-views.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import type { Stream } from '../popular-streams.query.js';
import { QUERY_SETTINGS, type QuerySettings } from '../query-settings.js';
import { ReadModels } from '../read-models.js';
import { describeStreams, toStream, viewsWindow } from '../stream-views.js';

/** Reads the titles of sessions. */
@Injectable()
export class SessionMedia {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  /** Reads the titles of sessions at once; returns the function that finds a session's title. */
  async of(
    rows: readonly OfTitle[],
    readAfter: number | undefined,
  ): Promise<(row: OfTitle) => Stream> {
    const window = viewsWindow('WEEK', this.clock.now(), this.settings);
    const keys = [...new Set(rows.map(({ mediaId }) => MEDIA.key(mediaId)))];
    const known = new Map<string, Stream>();
    for (let first = 0; first < keys.length; first += TITLES_AT_ONCE) {
      if (first > 0) await turn();
      const some = keys.slice(first, first + TITLES_AT_ONCE);
      const read = async ({ popularity }: { readonly popularity: DocumentReader }) => {
        const found = await popularity.get<MediaDocument>(some);
        const items = await withoutLaterViews(popularity, [...found.values()], window);
        return describeStreams(popularity, items, window);
      };
      const streams = await this.readModels.readBeside(['popularity'], readAfter, read);
      for (const stream of streams) known.set(stream.mediaId, stream);
    }
    // The other read model may be behind, or have let the title go.
    return ({ mediaId, startedAt }) =>
      known.get(mediaId) ?? toStream({ mediaId, createdAt: startedAt }, [], window);
  }
}

/** The titles that are read before other work gets its turn. */
const TITLES_AT_ONCE = 10;

/** A session, or anything else that belongs to a title and a time. */
type OfTitle = Pick<SessionRow, 'mediaId' | 'startedAt'>;
