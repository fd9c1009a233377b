import { PlayheadError } from '../domain/errors.js';
import type { AppendRefusal, StoredEvent } from './event-store.js';

/** Makes the client's error for an append that the event store will never take. */
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
 * Refuses a stream whose beginning is gone. Nobody knows any more what its first events said, so
 * that the same events would count again.
 */
export function assertWhole(events: readonly StoredEvent[]): void {
  const [first] = events;
  if (first !== undefined && first.revision > 0) throw refusedAppend('cut-off');
}
