import { PlayheadError } from '../domain/errors.js';
import type { AppendRefusal, StoredEvent } from './event-store.js';

/** The error that a client gets for what the event store will never take. */
export function refusedAppend(reason: AppendRefusal): PlayheadError {
  switch (reason) {
    case 'too-large':
      return new PlayheadError(
        'PAYLOAD_TOO_LARGE',
        'the events of one session are more than the event store takes in one append: ' +
          'send them in several requests',
      );
    case 'deleted':
    case 'cut-off':
      return new PlayheadError(
        'BAD_USER_INPUT',
        'sessionId: events of it were deleted in the event store, so nothing can be added to it',
      );
  }
}

/**
 * Refuses a stream of which the beginning is gone. What its first events said is not known any
 * more, so that the same events would count again.
 */
export function assertWhole(events: readonly StoredEvent[]): void {
  const [first] = events;
  if (first !== undefined && first.revision > 0) throw refusedAppend('cut-off');
}
