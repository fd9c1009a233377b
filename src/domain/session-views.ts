import type { PlaybackEvent, SessionEndReason, SessionPhase } from './event.js';
import { UNCOMPLETED_VIEWS_MAX } from './session-limits.js';
import type { PlaybackSession } from './session-state.js';

/** The part of an event that decides about the phase: its type, and the reason of an end. */
export type PlaybackStep =
  | { readonly type: 'session_end'; readonly data: { readonly reason: SessionEndReason } }
  | { readonly type: Exclude<PlaybackEvent['type'], 'session_end'> };

/** Returns the phase of a session after a step. */
export function nextPhase(session: PlaybackSession, step: PlaybackStep): SessionPhase {
  const { phase, viewCount } = session;
  const { type } = step;
  if (type === 'delivered' || type === 'view_withdrawn') return phase;
  if (type === 'session_end') return step.data.reason === 'TIMEOUT' ? 'timed-out' : 'ended';
  if (type === 'quality_reported') return 'ended';
  // A first view's end may have come before it; what came before a later one is the last one's.
  if (type === 'session_start') return viewCount === 0 && phase === 'ended' ? 'ended' : 'open';
  const isReopened = phase === 'ended' && (type === 'play_requested' || type === 'resumed');
  return isReopened || phase === 'timed-out' ? 'open' : phase;
}

/** Says whether a session is not over. */
export const isUnderWay = (phase: SessionPhase): boolean => phase === 'new' || phase === 'open';

/**
 * Returns the view that an event belongs to, by arrival: that of the last event, or the one that it
 * starts. Releases before 0.2 did not tell the views of a session apart: all of them are the first.
 */
export const viewOf = (
  { viewCount, view }: PlaybackSession,
  type: PlaybackEvent['type'],
): number => (type === 'session_start' && viewCount > 0 ? view + 1 : view);

/**
 * Returns the start of the view that is completed by a step of a given time. An end with reason
 * ENDED completes the latest view not completed; where there is none, the next view to start is
 * complete from the outset.
 */
export function completedView(
  session: PlaybackSession,
  step: PlaybackStep,
  occurredAt: number,
): number | undefined {
  if (step.type === 'session_start') {
    return session.earlyEnds > 0 ? occurredAt : undefined;
  }
  const isEnded = step.type === 'session_end' && step.data.reason === 'ENDED';
  return isEnded ? session.uncompletedViews.at(-1) : undefined;
}

/**
 * Says whether an event begins another view: a start does, unless the wish for it has begun the
 * present view.
 */
export function beginsView(
  { viewCount, view: last }: PlaybackSession,
  type: PlaybackEvent['type'],
  view: number | undefined,
): boolean {
  // Releases before 0.2 named no views: each of their starts begins one.
  if (type === 'session_start') return viewCount > 0 && (view === undefined || view !== last);
  return type === 'play_requested' && (view ?? 0) > last;
}

/** Counts an event among the views of its session. */
export function evolveViews(before: PlaybackSession, event: PlaybackEvent): PlaybackSession {
  const { occurredAt, completesViewAt, view } = event.data;
  const isNext = beginsView(before, event.type, view);
  const session = isNext ? { ...before, openViews: leftOpen(before) } : before;
  const isCompleting = completesViewAt !== undefined;
  if (event.type === 'session_start') {
    const begun = { ...session, viewCount: session.viewCount + 1 };
    return isCompleting
      ? { ...begun, earlyEnds: Math.max(0, session.earlyEnds - 1) }
      : { ...begun, uncompletedViews: withLatest(session.uncompletedViews, occurredAt) };
  }
  if (event.type !== 'session_end' || event.data.reason !== 'ENDED') return session;
  return isCompleting
    ? { ...session, uncompletedViews: session.uncompletedViews.slice(0, -1) }
    : { ...session, earlyEnds: session.earlyEnds + 1 };
}

/** Returns the views that are not over when the next one begins. */
const leftOpen = ({ viewCount, phase, view, openViews }: PlaybackSession): readonly number[] =>
  viewCount > 0 && isUnderWay(phase) ? [...openViews, view] : openViews;

/** Says whether an event is the timeout of a view after which others have begun. */
export const isOfEarlierView = ({ view }: PlaybackSession, event: PlaybackEvent): boolean =>
  event.type === 'session_end' &&
  event.data.reason === 'TIMEOUT' &&
  (event.data.view ?? 0) !== view;

const withLatest = (views: readonly number[], startedAt: number): readonly number[] =>
  [...views, startedAt].slice(-UNCOMPLETED_VIEWS_MAX);
