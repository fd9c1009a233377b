import { SECOND_MS } from '../../../src/domain/time.js';
import { isSlice } from './dimensions.js';
import { startedIn, type Question } from './figures.js';
import { idOf } from './reports.js';
import type { Session } from './sessions.js';

export interface RetentionQuestion extends Pick<Question, 'from' | 'to' | 'filter'> {
  readonly mediaId: string;
  /** The length that the title is registered with. */
  readonly registeredSeconds?: number;
}

/** The GraphQL type of that name; `duration` in seconds. */
export interface RetentionCurve {
  readonly mediaId: string;
  readonly duration: number | null;
  /** Those with a known length, by which the shares are. */
  readonly views: number;
  readonly audience: readonly number[];
  readonly plays: readonly number[];
}

const STEPS = 100;

/**
 * "the length [...] in 100 equal steps; stretches are cut at it. audience[i] = views that showed
 * any of step i / views with a known length; plays[i] = seconds of step i shown / (the same views
 * x the step's length)". A view's length is known where its player or the registration says one.
 * Without a length, or without such a view, the lists are empty: there is nothing to divide by.
 */
export function retentionOf(
  sessions: readonly Session[],
  { from, to, filter = [], mediaId, registeredSeconds }: RetentionQuestion,
): RetentionCurve {
  const registeredMs =
    registeredSeconds === undefined ? undefined : Math.round(registeredSeconds * SECOND_MS);
  const id = idOf(mediaId);
  const views = startedIn(sessions, from, to).filter(
    (session) => session.hasView && session.mediaId === id && isSlice(session, filter),
  );
  const lengthsMs = views.flatMap(({ mediaDurationMs }) => mediaDurationMs ?? []);
  const lengthMs = commonest(lengthsMs) ?? registeredMs;
  const known = views.filter(
    ({ mediaDurationMs }) => (mediaDurationMs ?? registeredMs) !== undefined,
  );
  const duration = lengthMs === undefined ? null : lengthMs / SECOND_MS;
  const curve = { mediaId: id, duration, views: known.length };
  if (lengthMs === undefined || known.length === 0) return { ...curve, audience: [], plays: [] };
  const steps = Array.from({ length: STEPS }, (_, step) => step);
  return {
    ...curve,
    audience: steps.map((step) => {
      const saw = known.filter((view) => shownOf(view, step, lengthMs) > 0);
      return saw.length / known.length;
    }),
    plays: steps.map((step) => {
      const shown = known.reduce((sum, view) => sum + shownOf(view, step, lengthMs), 0);
      return shown / (known.length * lengthMs);
    }),
  };
}

/** The most frequent of some lengths; of several the shortest. */
function commonest(lengthsMs: readonly number[]): number | undefined {
  const countOf = (lengthMs: number): number =>
    lengthsMs.filter((other) => other === lengthMs).length;
  return [...lengthsMs].sort((a, b) => countOf(b) - countOf(a) || a - b)[0];
}

/** How much of a step a view showed, in hundredths of milliseconds: so nothing is rounded. */
const shownOf = ({ played }: Session, step: number, lengthMs: number): number =>
  played.reduce((sum, { fromMs, toMs }) => {
    const from = Math.max(fromMs * STEPS, step * lengthMs);
    const to = Math.min(toMs * STEPS, (step + 1) * lengthMs);
    return sum + Math.max(0, to - from);
  }, 0);
