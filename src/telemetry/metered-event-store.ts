import type {
  AppendOutcome,
  EventStore,
  LogPage,
  StoredEvent,
  StreamAppend,
  Unsubscribe,
} from '../ports/event-store.js';
import { startStopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

/** An event store whose appends are measured. */
export class MeteredEventStore implements EventStore {
  /** When an append was last answered, by the time of the process. */
  workedAt = -Infinity;

  constructor(
    private readonly store: EventStore,
    private readonly telemetry: Telemetry,
  ) {}

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const elapsed = startStopwatch();
    const outcomes = await this.store.append(appends);
    this.telemetry.appended(outcomes, elapsed());
    if (outcomes.some(({ kind }) => kind !== 'unknown')) this.workedAt = performance.now();
    return outcomes;
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.store.readStream(stream);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.store.readLast(stream);
  }

  readAll(after: number, limit: number): Promise<LogPage> {
    return this.store.readAll(after, limit);
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.store.readAt(position);
  }

  head(): Promise<number> {
    return this.store.head();
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  countAfter(position: number): Promise<number | undefined> {
    return this.store.countAfter(position);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.store.onAppended(listener);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
