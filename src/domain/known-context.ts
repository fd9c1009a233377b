import type { KnownContext, PlaybackEvent } from './event.js';
import { CONTEXT_MEMBERS, type SessionContext } from './session-context.js';

/** The context of a session that one report tells. */
interface Told {
  readonly context?: SessionContext;
  readonly filled?: SessionContext;
  readonly mediaDurationMs?: number;
}

/** The knowledge at the beginning of a view: nothing. */
export const NOTHING_KNOWN: KnownContext = { stated: 0, filled: 0, length: false };

/**
 * Returns the news of a report. The first value that a player states of a member holds for the
 * session; so does the first value that was filled in, as long as none is stated.
 */
export function newsOf(known: KnownContext, told: Told): Told {
  const context = without(told.context, known.stated);
  const stated = known.stated | bitsOf(context);
  const filled = without(told.filled, stated | known.filled);
  const { mediaDurationMs } = told;
  return {
    ...(context !== undefined && { context }),
    ...(filled !== undefined && { filled }),
    ...(mediaDurationMs !== undefined && !known.length && { mediaDurationMs }),
  };
}

/** Returns the knowledge after an event; the same object if the event tells no news. */
export function knownAfter(known: KnownContext, { data }: PlaybackEvent): KnownContext {
  const { context, filled, mediaDurationMs } = data;
  if (context === undefined && filled === undefined && mediaDurationMs === undefined) return known;
  return {
    stated: known.stated | bitsOf(context),
    filled: known.filled | bitsOf(filled),
    length: known.length || mediaDurationMs !== undefined,
  };
}

/** Returns a bit for each member that has a value. */
function bitsOf(context: SessionContext | undefined): number {
  if (context === undefined) return 0;
  let bits = 0;
  for (const [place, member] of CONTEXT_MEMBERS.entries()) {
    if (context[member] !== undefined) bits |= 1 << place;
  }
  return bits;
}

/** Leaves some members out of a context; undefined if none is left. */
function without(context: SessionContext | undefined, bits: number): SessionContext | undefined {
  if (context === undefined) return undefined;
  const left = CONTEXT_MEMBERS.filter(
    (member, place) => context[member] !== undefined && (bits & (1 << place)) === 0,
  );
  if (left.length === 0) return undefined;
  return Object.fromEntries(left.map((member) => [member, context[member]]));
}
