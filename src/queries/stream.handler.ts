import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { MEDIA, type MediaDocument } from '../../projections/popularity.js';
import { PlayheadError } from '../domain/errors.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import { withoutLaterViews } from './later-views.js';
import {
  RegisteredStreamQuery,
  StreamQuery,
  type Registration,
  type Stream,
} from './popular-streams.query.js';
import { QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import { describeStreams, toStream, viewsWindow, type ViewsWindow } from './stream-views.js';

@QueryHandler(StreamQuery)
export class StreamHandler implements IQueryHandler<StreamQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ mediaId, period, readAfter }: StreamQuery): Promise<Stream | undefined> {
    const now = this.clock.now();
    const window = viewsWindow(period, now, this.settings);
    return this.readModels.read(['popularity'], readAfter, async ({ popularity }) => {
      const found = await popularity.get<MediaDocument>([MEDIA.key(mediaId)]);
      const items = await withoutLaterViews(popularity, [...found.values()], window);
      const [stream] = await describeStreams(popularity, items, window);
      return stream;
    });
  }
}

@QueryHandler(RegisteredStreamQuery)
export class RegisteredStreamHandler implements IQueryHandler<RegisteredStreamQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute({ registration, readAfter }: RegisteredStreamQuery): Promise<Stream> {
    const now = this.clock.now();
    const window = viewsWindow('WEEK', now, this.settings);
    const read = ({ popularity }: { readonly popularity: DocumentReader }): Promise<Stream> =>
      describeRegistered(popularity, registration, window);
    // The registration is stored: no state of the read model may make that look like a failure.
    return this.readModels
      .read(['popularity'], readAfter, read)
      .catch(ifUnreadable(() => this.readModels.readBeside(['popularity'], undefined, read)))
      .catch(ifUnreadable(() => toStream(withRegistration(undefined, registration), [], window)));
  }
}

async function describeRegistered(
  reader: DocumentReader,
  registration: Registration,
  window: ViewsWindow,
): Promise<Stream> {
  const key = MEDIA.key(registration.mediaId);
  const found = await reader.get<MediaDocument>([key]);
  const item = withRegistration(found.get(key), registration);
  const items = await withoutLaterViews(reader, [item], window);
  const [stream] = await describeStreams(reader, items, window);
  return stream ?? toStream(item, [], window);
}

/** Returns a media item's document, or a new one, with what was registered. */
function withRegistration(
  document: MediaDocument | undefined,
  { mediaId, description, registeredAt }: Registration,
): MediaDocument {
  const createdAt = Math.min(document?.createdAt ?? registeredAt, registeredAt);
  return { ...document, mediaId, description, createdAt };
}

/** Handles the error of a read model that could not be read; throws any other error again. */
const ifUnreadable =
  <Result>(goOn: () => Result) =>
  (error: unknown): Result => {
    const isUnreadable = error instanceof PlayheadError && UNREADABLE.has(error.code);
    if (!isUnreadable) throw error;
    return goOn();
  };

const UNREADABLE: ReadonlySet<string> = new Set(['READ_MODEL_BEHIND', 'STORE_UNAVAILABLE']);
