import { badInput } from '../../domain/errors.js';
import { checkId } from '../../domain/checked-values.js';
import type { WantedSessions } from '../../queries/sessions/sessions.query.js';
import { assertMay } from '../access/authenticate.js';
import type { Caller } from '../access/key-ring.js';
import { filtersOf } from './figure-inputs.js';
import type { SessionsArgs } from './session-models.js';

/**
 * Checks the arguments of a query for sessions, but not their order and page. Throws BAD_USER_INPUT
 * for bad ones, and FORBIDDEN if an id asks for more than the caller may know.
 */
export function wantedSessions(
  { range, filter, userId, sessionId, failed, minRebufferRatio }: Conditions,
  caller: Caller | undefined,
): Omit<WantedSessions, 'orderBy' | 'first' | 'after'> {
  for (const id of [userId, sessionId]) if (id != null) assertMay(caller, 'admin');
  return {
    range: { from: range.from, to: range.to, timeZone: range.timeZone },
    filters: filtersOf(filter ?? []),
    userId: userId == null ? undefined : checkId('userId', userId),
    sessionId: sessionId == null ? undefined : checkId('sessionId', sessionId),
    failed: failed ?? undefined,
    minRebufferRatio: minRebufferRatio == null ? undefined : checkRatio(minRebufferRatio),
  };
}

type Conditions = Omit<SessionsArgs, 'orderBy' | 'first' | 'after'>;

function checkRatio(ratio: number): number {
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw badInput('minRebufferRatio', 'must be from 0 to 1');
}
