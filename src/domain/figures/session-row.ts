import {
  isWatched,
  type PlaybackEvent,
  type PlaybackState,
  type QualityReported,
  type Recorded,
} from '../event.js';
import { STREAM_QUALITIES, type StreamQuality } from '../quality.js';
import type { SessionContext } from '../session-context.js';
import { inNfc } from '../text.js';
import { addTo, NO_COUNTS, PLACE, placeAtQuality, type FigureCounts } from './figure-counts.js';
import { withStretch, type MinuteRuns } from './minute-runs.js';
import { stateAfter } from './playback-state.js';
import { withPlayed, type PlayedRuns } from './played-runs.js';
import { withBytes, type RecentBytes } from './recent-bytes.js';
import { contextAfter } from './row-context.js';
import { endReasonOf, setOutcome, type SessionOutcome } from './row-outcome.js';
import { bucketOf } from './startup-buckets.js';

/** The events of a session. A quality report is none of them. */
export type SessionEvent = Exclude<PlaybackEvent, QualityReported>;

/**
 * A session as figures count it: an explicit session, or one view of an implicit one with the
 * events that follow it by arrival. Times are epoch milliseconds. Absent members were not told.
 */
export interface SessionRow extends SessionOutcome {
  /** In NFC; the document's key has the id as it came. */
  readonly mediaId: string;
  /** As it came: sessions of releases before 0.2 may have ids that are not in NFC. */
  readonly sessionId: string;
  /** The number of the view in an implicit session, from 0, which is left out. */
  readonly view?: number;
  /** The event time of the first of its events to be stored: all figures count there. */
  readonly startedAt: number;
  /** The event time of the last of its events to be stored. */
  readonly lastAt: number;
  readonly lastRecordedAt: number;
  /** The last state of the player, while the session is not over. */
  readonly state: PlaybackState;
  /**
   * The time at which it counts as heard of for live viewers, epoch milliseconds. It is the latest,
   * over its events, of the earlier of two times: when the event was recorded, and one window after
   * it occurred. 0 if only bytes of a CDN's log are known of the session.
   */
  readonly liveAt: number;
  /** The counts of the session. */
  readonly counts: FigureCounts;
  readonly viewerId?: string;
  /** The quality of its start, else of its first event. */
  readonly quality: StreamQuality;
  /** The code of its first error, and of its last end as FAILED. */
  readonly errorCode?: string;
  readonly failureCode?: string;
  readonly startupMs?: number;
  /** The bucket of its startup time. */
  readonly startupBucket?: number;
  /** The minutes in which it was watched or stalled, by the clock. */
  readonly minutes: MinuteRuns;
  readonly recentBytes?: RecentBytes;
  /** The parts of the title that were shown. */
  readonly played?: PlayedRuns;
  readonly context?: SessionContext;
  /** A bit for each member of the context that was filled in, in the order of CONTEXT_MEMBERS. */
  readonly filled?: number;
}

/** A row in the making. */
type Draft = { -readonly [Member in keyof SessionRow]: SessionRow[Member] };

/** The settings that a session is folded with. */
export interface RowSettings {
  /** The watched time from which a view is qualified. */
  readonly qualifiedViewMs: number;
  /** The time for which a view counts as watched after it was heard of. */
  readonly liveWindowMs: number;
}

/** Folds an event into the row of its session. */
export function withSessionEvent(
  row: SessionRow | undefined,
  event: Recorded<SessionEvent>,
  { qualifiedViewMs, liveWindowMs }: RowSettings,
): SessionRow | undefined {
  if (event.type === 'view_withdrawn') return row && withoutView(row, event, qualifiedViewMs);
  if (event.type === 'delivered') return withDelivery(row, event, qualifiedViewMs);
  const before = row ?? rowFrom(event);
  const draft: Draft = { ...before };
  const counts = before.counts.slice();
  draft.counts = counts;
  // Of what a CDN delivered alone, the quality tells nothing of the player.
  if (before.liveAt === 0) draft.quality = event.data.quality;
  draft.lastAt = event.data.occurredAt;
  draft.lastRecordedAt = event.recordedAt;
  draft.state = stateAfter(before.state, event);
  const heardOf = Math.min(event.recordedAt, event.data.occurredAt + liveWindowMs);
  draft.liveAt = Math.max(before.liveAt, heardOf);
  noteAmounts(draft, counts, event);
  noteStart(draft, counts, event);
  noteEnd(draft, event);
  draft.endReason = event.data.open ? '' : endReasonOf(draft);
  noteCircumstances(draft, event);
  setOutcome(draft, counts, qualifiedViewMs);
  return draft;
}

/**
 * Adds bytes that a CDN delivered. They tell nothing about the player. A session known by bytes
 * alone is over; any other stays as it was heard of last.
 */
function withDelivery(
  row: SessionRow | undefined,
  event: Recorded<SessionEvent>,
  qualifiedViewMs: number,
): SessionRow {
  const before = row ?? { ...rowFrom(event), endReason: 'TIMEOUT' };
  const counts = before.counts.slice();
  const draft: Draft = { ...before, counts };
  // It is kept for as long as what it counts for.
  if (before.liveAt === 0) draft.lastAt = Math.max(before.lastAt, event.data.occurredAt);
  noteAmounts(draft, counts, event);
  setOutcome(draft, counts, qualifiedViewMs);
  return draft;
}

/**
 * Takes the view that a CDN's log showed out of a session. What is left is what was delivered, and
 * the time at which it counts.
 */
function withoutView(
  before: SessionRow,
  event: Recorded<SessionEvent>,
  qualifiedViewMs: number,
): SessionRow {
  const { startedAt, lastAt, recentBytes } = before;
  const counts = before.counts.map((count, place) => (OF_BYTES.has(place) ? count : 0));
  const draft: Draft = { ...rowFrom(event), startedAt, lastAt, counts, endReason: 'TIMEOUT' };
  if (recentBytes !== undefined) draft.recentBytes = recentBytes;
  setOutcome(draft, counts, qualifiedViewMs);
  return draft;
}

/** The places of bytes among the counts. */
const OF_BYTES: ReadonlySet<number> = new Set([
  PLACE.bytes,
  ...STREAM_QUALITIES.map((quality) => placeAtQuality(quality, 'bytes')),
]);

function rowFrom({ data, recordedAt }: Recorded<SessionEvent>): SessionRow {
  const { occurredAt, view = 0, quality } = data;
  return {
    mediaId: inNfc(data.mediaId),
    sessionId: data.sessionId,
    ...(view > 0 && { view }),
    startedAt: occurredAt,
    lastAt: occurredAt,
    lastRecordedAt: recordedAt,
    state: 'STARTING',
    liveAt: 0,
    endReason: '',
    counts: NO_COUNTS,
    quality,
    minutes: [],
  };
}

function noteAmounts(draft: Draft, counts: number[], { type, data }: SessionEvent): void {
  const { occurredAt, quality, bytes = 0, durationMs = 0 } = data;
  const watchedMs = isWatched(type) ? durationMs : 0;
  const stalledMs = type === 'rebuffer_end' || type === 'buffering' ? durationMs : 0;
  const stalls = type === 'rebuffer_start' || type === 'buffering' ? 1 : 0;
  const amounts = { watchedMs, bytes, stalls };
  for (const name of ['watchedMs', 'bytes', 'stalls'] as const) {
    if (amounts[name] === 0) continue;
    addTo(counts, PLACE[name], amounts[name]);
    addTo(counts, placeAtQuality(quality, name), amounts[name]);
  }
  addTo(counts, PLACE.stalledMs, stalledMs);
  if (data.fromCdn === true) {
    addTo(counts, PLACE.deliveredMs, watchedMs);
    addTo(counts, PLACE.deliveredStalls, stalls);
  }
  if (bytes > 0) draft.recentBytes = withBytes(draft.recentBytes, occurredAt, bytes);
  if (watchedMs + stalledMs === 0) return;
  draft.minutes = withStretch(draft.minutes, Math.max(0, occurredAt - durationMs), occurredAt);
}

function noteStart(draft: Draft, counts: number[], { type, data }: SessionEvent): void {
  if (type === 'play_requested') draft.isRequested = true;
  if (type !== 'session_start') return;
  const { viewerId, startupMs, quality } = data;
  if (counts[PLACE.views] === 0) draft.quality = quality;
  if (viewerId !== undefined) draft.viewerId ??= viewerId;
  if (startupMs !== undefined) {
    draft.startupMs ??= startupMs;
    draft.startupBucket ??= bucketOf(startupMs);
  }
  addTo(counts, PLACE.views, 1);
  if (data.stateless === true) addTo(counts, PLACE.viewsWithoutStates, 1);
  if (viewerId === undefined) addTo(counts, PLACE.anonymousViews, 1);
}

function noteEnd(draft: Draft, event: SessionEvent): void {
  const { errorCode, completesViewAt } = event.data;
  if (completesViewAt !== undefined) draft.completions = (draft.completions ?? 0) + 1;
  if (event.type === 'playback_error') {
    draft.hasError = true;
    if (errorCode !== undefined) draft.errorCode ??= errorCode;
  }
  if (event.type !== 'session_end') return;
  const { reason } = event.data;
  if (reason === 'ENDED') draft.isEnded = true;
  else if (reason !== 'TIMEOUT') draft.otherEnd = reason;
  if (reason === 'FAILED' && errorCode !== undefined) draft.failureCode = errorCode;
}

function noteCircumstances(draft: Draft, { data }: SessionEvent): void {
  const { context, filled, mediaDurationMs, playedFromMs, playedToMs } = data;
  if (mediaDurationMs !== undefined) draft.mediaDurationMs ??= mediaDurationMs;
  if (playedFromMs !== undefined && playedToMs !== undefined)
    draft.played = withPlayed(draft.played ?? [], playedFromMs, playedToMs);
  if (context !== undefined || filled !== undefined)
    Object.assign(draft, contextAfter(draft, data));
}
