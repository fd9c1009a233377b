import { KEY_SEPARATOR } from '../domain/document-key.js';
import type { Identity } from '../ports/identity.js';

/** Returns the name of the stream that holds a log's identity. */
export const metaStream = (prefix: string): string => `${prefix}meta`;

/** The names of the streams of one log, all under its prefix. */
export class StreamNames {
  constructor(
    private readonly prefix: string,
    private readonly identity: Identity,
  ) {}

  /** Names the stream of a playback session, or of a later chapter of it. */
  playback(mediaId: string, sessionId: string, chapter = 0): string {
    const number = chapter === 0 ? [] : [String(chapter)];
    return this.playbackOf([mediaId, sessionId, ...number]);
  }

  /** Names the stream of a quality report; no session has it, as no session has an empty id. */
  qualityReport(mediaId: string, reportId: string): string {
    return this.playbackOf([mediaId, '', reportId]);
  }

  media(mediaId: string): string {
    return `${this.prefix}media-${mediaId}`;
  }

  /** Names the stream that holds the log's identity. */
  meta(): string {
    return metaStream(this.prefix);
  }

  private playbackOf(ids: readonly string[]): string {
    return `${this.prefix}playback-${this.identity.uuidV5(ids.join(KEY_SEPARATOR))}`;
  }
}
