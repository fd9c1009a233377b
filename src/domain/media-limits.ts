/** The limits of what may be said of a media item. */
export const TITLE_LENGTH_MAX = 500;
export const URL_LENGTH_MAX = 2_000;
export const MEDIA_SECONDS_MAX = 31 * 86_400;

/** How the URL of a thumbnail begins. */
export const HTTP_URL = /^https?:/i;
