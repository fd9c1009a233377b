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

  /** The stream of one playback session. */
  playback(mediaId: string, sessionId: string): string {
    const name = `${mediaId}${KEY_SEPARATOR}${sessionId}`;
    return `${this.prefix}playback-${this.identity.uuidV5(name)}`;
  }

  media(mediaId: string): string {
    return `${this.prefix}media-${mediaId}`;
  }

  /** The stream that holds the log's identity. */
  meta(): string {
    return metaStream(this.prefix);
  }
}
