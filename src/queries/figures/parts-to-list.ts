import { isByStart } from '../../domain/figures/session-order.js';
import { DAY_MS, dayOf, type Stretch } from '../../domain/time.js';
import type { SessionListQuestion } from '../../ports/read-model/session-list.js';

/**
 * Yields the stretches of time to read for a page, until it is full. By start it yields the first
 * or last day, then each time as many days as all before. Other orders have to read all at once.
 */
export function* partsToList({
  started,
  orderBy,
  after,
}: Pick<SessionListQuestion, 'started' | 'orderBy' | 'after'>): Generator<Stretch> {
  const [isLatest, isEarliest] = [orderBy === 'STARTED', orderBy === 'EARLIEST'];
  const from = isEarliest && after ? Math.max(started.from, after.startedAt) : started.from;
  const to = isLatest && after ? Math.min(started.to, after.startedAt + 1) : started.to;
  const [first, last] = [dayOf(from), dayOf(to - 1)];
  let rest: Stretch = { from, to };
  for (let days = 1; isByStart(orderBy) && days <= last - first; days *= 2) {
    const edge = (isEarliest ? first + days : last - days + 1) * DAY_MS;
    yield isEarliest ? { from: rest.from, to: edge } : { from: edge, to: rest.to };
    rest = isEarliest ? { from: edge, to } : { from, to: edge };
  }
  if (rest.from < rest.to) yield rest;
}
