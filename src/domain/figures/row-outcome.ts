import type { SessionEndReason } from '../event.js';
import { PLACE } from './figure-counts.js';

/** The part of a session that its outcome depends on. */
export interface SessionOutcome {
  /** The reason of the end; '' while the session is not over. */
  readonly endReason: SessionEndReason | '';
  readonly isRequested?: true;
  /** An end said ENDED. */
  readonly isEnded?: true;
  /** The last reason of an end that is neither ENDED nor TIMEOUT. */
  readonly otherEnd?: Exclude<SessionEndReason, 'ENDED' | 'TIMEOUT'>;
  /** Ends that completed views: releases before 0.2 did not tell several views apart. */
  readonly completions?: number;
  readonly hasError?: true;
  readonly mediaDurationMs?: number;
}

/** Returns the reason of a session's end, once it is over. */
export const endReasonOf = ({ isEnded, otherEnd }: SessionOutcome): SessionEndReason =>
  isEnded === true ? 'ENDED' : (otherEnd ?? 'TIMEOUT');

/** Sets the counts that depend on all that is known of a session. */
export function setOutcome(row: SessionOutcome, counts: number[], qualifiedViewMs: number): void {
  const views = counts[PLACE.views] ?? 0;
  const attempts = Math.max(views, row.isRequested === true ? 1 : 0);
  const isAttemptOnly = attempts > views;
  const isOver = row.endReason !== '';
  const hasFailed = row.endReason === 'FAILED';
  const isStartFailure = isAttemptOnly && (row.hasError === true || hasFailed);
  // What a CDN delivered may never have been watched.
  const watchedMs = (counts[PLACE.watchedMs] ?? 0) - (counts[PLACE.deliveredMs] ?? 0);
  const isQualified = views > 0 && watchedMs >= qualifiedFrom(row, qualifiedViewMs);
  counts[PLACE.sessions] = 1;
  counts[PLACE.open] = isOver ? 0 : 1;
  counts[PLACE.qualifiedViews] = isQualified ? 1 : 0;
  counts[PLACE.completedViews] = completedOf(row, views);
  counts[PLACE.attempts] = attempts;
  counts[PLACE.startFailures] = isStartFailure ? 1 : 0;
  counts[PLACE.exitsBeforeStart] = isAttemptOnly && !isStartFailure && isOver ? 1 : 0;
  counts[PLACE.playbackFailures] = views > 0 && hasFailed ? 1 : 0;
}

/** Returns the watched time from which a view is qualified; for a short title, half of it. */
const qualifiedFrom = (
  { mediaDurationMs = Infinity }: SessionOutcome,
  qualifiedViewMs: number,
): number => Math.min(qualifiedViewMs, mediaDurationMs / 2);

/**
 * Returns the number of completed views. A single view is completed by any end that says so; each
 * of several by an end of its own.
 */
function completedOf({ isEnded, completions = 0 }: SessionOutcome, views: number): number {
  if (views > 1) return Math.min(views, completions);
  return isEnded === true ? views : 0;
}
