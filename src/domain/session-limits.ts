/** The most entries of a view that a log shows: one for each of its hours and qualities. */
export const CDN_VIEW_PARTS_MAX = 1_000;

/** The most events of a session: a player with one id for everybody must not hurt others. */
export const SESSION_EVENTS_MAX = 1_000_000;

/** The most views that an end may still complete: the latest ones. */
export const UNCOMPLETED_VIEWS_MAX = 1_000;
/** The most views that are not over though others have begun; more are timed out. */
export const OPEN_VIEWS_MAX = 1_000;
