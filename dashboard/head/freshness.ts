import type { Freshness } from '../api/schema.js';
import { CLOCK_SECONDS, short, timeIn } from '../figures/format.js';

/** Less is how things are while events come in. */
const LAG_SECONDS = 5;

/** Says whether the figures are behind what was recorded by more than anybody would overlook. */
export const isBehind = (freshness: Freshness | undefined): boolean =>
  freshness !== undefined && (freshness.lagSeconds >= LAG_SECONDS || freshness.stopped.length > 0);

/** Says in a few words how fresh the figures are. */
export function freshnessWord(freshness: Freshness | undefined): string {
  if (freshness === undefined) return '…';
  if (freshness.stopped.length > 0) return 'stopped';
  if (!isBehind(freshness)) return 'up to date';
  return `${short(Math.round(freshness.lagSeconds), 'seconds')} behind`;
}

/** Says what is not in the figures; one sentence for each reason. */
export function freshnessNotes(freshness: Freshness | undefined, zone: string): readonly string[] {
  if (freshness === undefined) return [];
  const { asOf, lagEvents, parkedEvents, stopped } = freshness;
  const waiting = lagEvents === null ? 'later events' : `${short(lagEvents, 'count')} events`;
  return [
    ...(isBehind(freshness)
      ? [`As of ${timeIn(asOf, zone, CLOCK_SECONDS)}, ${waiting} not counted yet.`]
      : []),
    ...(stopped.length > 0 ? [`No longer counting: ${stopped.join(', ')}.`] : []),
    ...(parkedEvents > 0
      ? [`${short(parkedEvents, 'count')} events are not in these figures.`]
      : []),
  ];
}
