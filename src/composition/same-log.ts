import { PlayheadError } from '../domain/errors.js';
import type { EventStore } from '../ports/event-store.js';
import { hasEvent, type Landmark, type LogPast } from '../ports/log-past.js';
import type { AppendGuard } from '../telemetry/metered-event-store.js';
import type { OperatorLog } from '../ports/operator-log.js';

/**
 * Makes sure that a node appends only to the log that it began with. Somebody may put a server back
 * to an older state under a running node, empty it, or exchange it for another. A server that was
 * put back holds the same log with another past. A log without the event that names its identity
 * takes no appends.
 */
export class SameLog implements AppendGuard {
  trouble: PlayheadError | undefined;

  constructor(private readonly options: SameLogOptions) {
    const { past, first, operatorLog } = options;
    past.saw(first, past.known());
    past.onOther(() => {
      this.trouble = unavailable('the event store was put back to another state');
      operatorLog.warn(
        'the event store lacks events that were acknowledged: it was put back to an older state. ' +
          'What was remembered of it is forgotten; players that send those events again are heard',
      );
    });
  }

  /** Throws its trouble, STORE_UNAVAILABLE, if the store holds another log. */
  async confirm(): Promise<void> {
    const { log, past, first } = this.options;
    await past.confirm();
    if (this.trouble === undefined) return;
    const isSame = await hasEvent(log, first);
    this.trouble = isSame
      ? undefined
      : unavailable('the event store holds another log than the one that this server began with');
    if (this.trouble !== undefined) throw this.trouble;
    // Nothing else is known of the other past, and the next one has to come to light, too.
    past.saw(first, past.known());
  }
}

const unavailable = (message: string): PlayheadError =>
  new PlayheadError('STORE_UNAVAILABLE', message);

export interface SameLogOptions {
  readonly log: EventStore;
  readonly past: LogPast;
  /** The event that holds the log's identity. */
  readonly first: Landmark;
  readonly operatorLog: Pick<OperatorLog, 'warn'>;
}
