import { CONTEXT_MEMBERS, type SessionContext } from '../session-context.js';

/** The known context of a session. */
interface KnownContext {
  readonly context?: SessionContext;
  /** A bit for each member that was filled in, in the order of CONTEXT_MEMBERS. */
  readonly filled?: number;
}

/** The context that an event tells. */
interface ToldContext {
  readonly context?: SessionContext;
  readonly filled?: SessionContext;
}

/**
 * Returns the known context after an event: the first stated value of each member, or the first
 * filled one if none is stated.
 */
export function contextAfter(known: KnownContext, told: ToldContext): Required<KnownContext> {
  const context: Record<string, unknown> = { ...known.context };
  let filled = known.filled ?? 0;
  for (const [place, member] of CONTEXT_MEMBERS.entries()) {
    const bit = 1 << place;
    const isStated = context[member] !== undefined && (filled & bit) === 0;
    if (isStated) continue;
    if (told.context?.[member] !== undefined) {
      context[member] = told.context[member];
      filled &= ~bit;
    } else if (context[member] === undefined && told.filled?.[member] !== undefined) {
      context[member] = told.filled[member];
      filled |= bit;
    }
  }
  return { context, filled };
}
