import type { Figures } from '../api/schema.js';
import { completedOf } from './completed.js';
import type { Column } from './metrics.js';

/** What a rate is made of: so many or so long, of all. */
interface Counts {
  readonly part: number;
  readonly all: number;
  readonly of: 'views' | 'attempts' | 'seconds';
}

/** Of a share and what it is of; undefined where there is nothing to divide by, or nobody knows. */
const ofRate = (
  rate: number | null,
  all: number | undefined,
  of: Counts['of'],
): Counts | undefined =>
  rate === null || all === undefined
    ? undefined
    : { part: Math.round(rate * all), all: Math.round(all), of };

/**
 * Attempts that turned out became a view, failed to start or were given up: from the shares of the
 * latter two and the views follows how many they were, but where there was no view.
 */
function turnedOut({ views, startFailureRate, exitBeforeStartRate }: Figures): number | undefined {
  const started = 1 - (startFailureRate ?? 0) - (exitBeforeStartRate ?? 0);
  return started > 0 && views > 0 ? views / started : undefined;
}

/** Seconds of all; of no stalls nobody can tell of how many. */
const ofTime = ({ stalledTime: part, rebufferRatio: ratio }: Figures): Counts | undefined =>
  ratio === null || ratio === 0 ? undefined : { part, all: part / ratio, of: 'seconds' };

const withStates = ({ views, viewsWithoutStates }: Figures): number => views - viewsWithoutStates;

const COUNTS: Partial<Record<Column, (figures: Figures) => Counts | undefined>> = {
  COMPLETION_RATE: (figures) => {
    const part = completedOf(figures);
    return part === null ? undefined : { part, all: withStates(figures), of: 'views' };
  },
  PLAYBACK_FAILURE_RATE: (figures) =>
    ofRate(figures.playbackFailureRate, withStates(figures), 'views'),
  START_FAILURE_RATE: (figures) => ofRate(figures.startFailureRate, turnedOut(figures), 'attempts'),
  EXIT_BEFORE_START_RATE: (figures) =>
    ofRate(figures.exitBeforeStartRate, turnedOut(figures), 'attempts'),
  REBUFFER_RATIO: ofTime,
};

/** Returns the counts behind a rate, as far as they follow from the figures. */
export const countsOf = (metric: Column, figures: Figures): Counts | undefined =>
  COUNTS[metric]?.(figures);
