/** What is remembered of a view that a log shows: an entry for each hour and quality of it. */
export const CDN_VIEW_PARTS_MAX = 1_000;

/** Events of a session: a broken player that sends one id for everybody must hurt nobody else. */
export const SESSION_EVENTS_MAX = 1_000_000;

/** Views that an end may still complete: the latest ones. */
export const UNCOMPLETED_VIEWS_MAX = 1_000;
/** The views of a session that are not over though others have begun; more are timed out. */
export const OPEN_VIEWS_MAX = 1_000;
