import { badInput } from './errors.js';
import { isWatched, type CdnView, type CdnViewPart, type PlaybackEvent } from './event.js';
import { NEW_SESSION, type PlaybackSession } from './session-state.js';
import { CDN_VIEW_PARTS_MAX } from './session-limits.js';
import { hourOf } from './time.js';

/** Whether an event is part of a view that a CDN's log shows, and is no player's. */
const isOfCdnView = ({ type, data }: PlaybackEvent): boolean =>
  data.fromCdn === true && type !== 'delivered';

const NOTHING_SHOWN: CdnView = { parts: [] };

/** Returns what a CDN's log has shown of a session's view by an event; undefined for nothing. */
export function cdnViewAfter(
  { cdnView }: PlaybackSession,
  event: PlaybackEvent,
): CdnView | undefined {
  if (!isOfCdnView(event)) return cdnView;
  const { type, data } = event;
  const { occurredAt: at, quality, durationMs = 0 } = data;
  const view = cdnView ?? NOTHING_SHOWN;
  const started = type === 'session_start' ? { ...view, start: { at, quality } } : view;
  const watchedMs = isWatched(type) ? durationMs : 0;
  const stalls = type === 'buffering' ? 1 : 0;
  if (watchedMs + stalls === 0) return started;
  const part = { hour: hourOf(at), quality, watchedMs, stalls };
  return { ...started, parts: withPart(view.parts, part) };
}

function withPart(parts: readonly CdnViewPart[], part: CdnViewPart): readonly CdnViewPart[] {
  const place = parts.findLastIndex(
    ({ hour, quality }) => hour === part.hour && quality === part.quality,
  );
  const known = parts[place];
  if (known === undefined) return [...parts, part];
  const watchedMs = known.watchedMs + part.watchedMs;
  return parts.with(place, { ...part, watchedMs, stalls: known.stalls + part.stalls });
}

/** What a log showed of a view has to be remembered, for when its player tells of it after all. */
export function assertRemembered(session: PlaybackSession, event: PlaybackEvent): void {
  const { parts } = cdnViewAfter(session, event) ?? NOTHING_SHOWN;
  if (parts.length <= CDN_VIEW_PARTS_MAX) return;
  throw badInput(
    'occurredAt',
    `a view of a log has ${String(CDN_VIEW_PARTS_MAX)} hours and qualities at most`,
  );
}

/**
 * Returns a session as it would be if no log had shown a view of it: what its player tells takes
 * the place of that. Bytes stay the log's, and so do the ids that were seen.
 */
export function withoutCdnView(session: PlaybackSession): PlaybackSession {
  if (session.cdnView === undefined) return session;
  const { eventIds, cdnEvents, bytesFrom, cmcd, lastRecordedAt, chapter } = session;
  return { ...NEW_SESSION, eventIds, cdnEvents, bytesFrom, cmcd, lastRecordedAt, chapter };
}
