import type { Details } from './event.js';
import type { Player } from './told.js';

/** From here on there is no length: players say 2^32 s of what is live. */
const LENGTH_SECONDS_MAX = 31 * 86_400;
/** None of the sources of an element can be loaded. */
const NO_SOURCE = 3;
const NOT_SUPPORTED = 4;

/** The height of the picture; undefined where there is none, as of sound. */
export function qualityOf(media: HTMLMediaElement): string | undefined {
  const { videoWidth, videoHeight } = media as HTMLVideoElement;
  const height = Math.min(videoWidth, videoHeight);
  return height ? `${String(height)}p` : undefined;
}

/** What an element and its player say of a title and its bytes. */
export function factsOf({ duration }: HTMLMediaElement, player: Player): Details {
  const isLive = player.isLive?.() ?? duration >= LENGTH_SECONDS_MAX;
  return {
    bytesLoaded: player.takeBytes?.(),
    mediaDuration: duration > 0 && !isLive ? Math.round(duration * 1_000) / 1_000 : undefined,
    context: isLive ? { live: true } : undefined,
  };
}

/**
 * Why nothing more will come, if so: the player's word counts before the element's. Each new source
 * begins as none, so that this counts only of an element that failed some time ago.
 */
export function failureOf(
  { error, networkState }: HTMLMediaElement,
  { failure }: Player,
  failedAt: number | undefined,
): string | undefined {
  if (failure) return failure();
  const code = error?.code ?? (failedAt && networkState === NO_SOURCE && NOT_SUPPORTED);
  return code ? `MEDIA_ERR_${String(code)}` : undefined;
}
