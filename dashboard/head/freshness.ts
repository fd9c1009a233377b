import type { AskError } from '../api/ask.js';
import type { Freshness } from '../api/schema.js';
import { LAG_SECONDS } from '../api/stream.js';
import { CLOCK_SECONDS, short, timeIn } from '../figures/format.js';
import { SAYS, WORDS } from '../texts.js';

/**
 * Says whether the figures are behind what was recorded by more than anybody would overlook. Less
 * is how things are while events come in.
 */
export const isBehind = (freshness: Freshness | undefined): boolean =>
  freshness !== undefined && (freshness.lagSeconds >= LAG_SECONDS || freshness.stopped.length > 0);

/** Says in a few words how fresh the figures are. */
export function freshnessWord(freshness: Freshness | undefined): string {
  if (freshness === undefined) return '…';
  if (freshness.stopped.length > 0) return WORDS.stopped;
  if (!isBehind(freshness)) return WORDS.upToDate;
  return SAYS.behind(short(Math.round(freshness.lagSeconds), 'seconds'));
}

/**
 * Says what is not in the figures; one sentence for each reason. `fault` is why no stream tells
 * what is new; that the server is out of reach is said elsewhere.
 */
export function freshnessNotes(
  freshness: Freshness | undefined,
  zone: string,
  fault: AskError | undefined,
): readonly string[] {
  const untold =
    fault === undefined || fault.code === 'OFFLINE' ? [] : [SAYS.notFollowed(fault.code)];
  if (freshness === undefined) return untold;
  const { asOf, lagEvents, parkedEvents, stopped } = freshness;
  return [
    ...untold,
    ...(isBehind(freshness) ? [SAYS.notCounted(timeIn(asOf, zone, CLOCK_SECONDS), lagEvents)] : []),
    ...(stopped.length > 0 ? [SAYS.stopped(stopped)] : []),
    ...(parkedEvents > 0 ? [SAYS.parked(parkedEvents)] : []),
  ];
}
