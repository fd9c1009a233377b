/** The limits of a media item's fields, times in milliseconds. */
export const TITLE_LENGTH_MAX = 500;
export const URL_LENGTH_MAX = 2_000;
export const MEDIA_MS_MAX = 31 * 86_400_000;
/** The greatest position in a title. Those of a live stream may count from 1970. */
export const POSITION_MS_MAX = 10_000_000_000_000;

/** The beginning of a thumbnail's URL. */
export const HTTP_URL = /^https?:/i;
