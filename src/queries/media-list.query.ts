import { Query } from '@nestjs/cqrs';
import type { AskingTerms } from './figures/figures.query.js';
import type { StreamConnection } from './popular-streams.query.js';

/** The media that are listed, and the page that is wanted. */
export interface WantedMedia {
  /** A part of the title or the id, in any case; empty for all media. */
  readonly search: string;
  readonly first: number;
  /** The cursor of the media item that the page before ended with. */
  readonly after: string | undefined;
}

/** Asks for the media of which anything is known, by id, with their views of a WEEK. */
export class MediaListQuery extends Query<StreamConnection> {
  constructor(
    readonly wanted: WantedMedia,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
