import { KEY_SEPARATOR } from '../domain/text.js';
import type { Identity } from '../ports/identity.js';

/** The stream that holds a log's identity. */
export const metaStream = (prefix: string): string => `${prefix}meta`;

/** The names of the streams of one log, all under its prefix. */
export class StreamNames {
  constructor(
    private readonly prefix: string,
    private readonly identity: Identity,
  ) {}

  /** The stream of one playback session, or of one of its later chapters. */
  playback(mediaId: string, sessionId: string, chapter = 0): string {
    const number = chapter === 0 ? [] : [String(chapter)];
    return this.playbackOf([mediaId, sessionId, ...number]);
  }

  /** The stream of one quality report. No session has an empty id: so it is none of theirs. */
  qualityReport(mediaId: string, reportId: string): string {
    return this.playbackOf([mediaId, '', reportId]);
  }

  media(mediaId: string): string {
    return `${this.prefix}media-${mediaId}`;
  }

  /** The stream that holds the log's identity. */
  meta(): string {
    return metaStream(this.prefix);
  }

  private playbackOf(ids: readonly string[]): string {
    return `${this.prefix}playback-${this.identity.uuidV5(ids.join(KEY_SEPARATOR))}`;
  }
}
