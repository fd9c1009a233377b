import { parsedUrl } from '../domain/parsed-url.js';
import { badInput } from '../domain/errors.js';
import type { MediaDescription } from '../domain/event.js';
import {
  HTTP_URL,
  MEDIA_MS_MAX,
  TITLE_LENGTH_MAX,
  URL_LENGTH_MAX,
} from '../domain/media-limits.js';
import { quote } from '../domain/text.js';
import { checkId, checkRange, checkText } from '../domain/checked-values.js';
import { milliseconds, seconds } from '../domain/units.js';

/** Checks a media item that is to be registered; throws BAD_USER_INPUT. */
export function checkMedia({ mediaId, title, thumbnail, duration }: MediaFields): {
  readonly mediaId: string;
  readonly description: MediaDescription;
} {
  return {
    mediaId: checkId('mediaId', mediaId),
    description: {
      title: checkText('title', title, TITLE_LENGTH_MAX),
      ...(thumbnail !== null && thumbnail !== undefined && { thumbnail: checkUrl(thumbnail) }),
      ...(duration !== null &&
        duration !== undefined && {
          durationMs: milliseconds(checkRange('duration', duration, 0, seconds(MEDIA_MS_MAX))),
        }),
    },
  };
}

/** The input for a media item; null counts as unset. */
export interface MediaFields {
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail?: string | null;
  /** The duration in seconds. */
  readonly duration?: number | null;
}

function checkUrl(text: string): string {
  const url = checkText('thumbnail', text, URL_LENGTH_MAX);
  if (parsedUrl(url) === undefined || !HTTP_URL.test(url)) {
    throw badInput('thumbnail', `must be an http or https URL, got ${quote(url)}`);
  }
  return url;
}
