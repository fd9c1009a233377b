import type { PlayheadError } from '../domain/errors.js';
import type {
  AppendOutcome,
  AppendRefusal,
  EventStore,
  StoredEvent,
  StreamAppend,
} from '../ports/event-store.js';
import type { LogPast } from '../ports/log-past.js';
import { overlay } from './overlay.js';
import { startStopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

/** Takes the reports of faults of streams. */
interface StreamFaults {
  tell(stream: string, reason: AppendRefusal): void;
}

/** Checks whether the store is still the one to append to. */
export interface AppendGuard {
  /** The reason why nothing may be appended now. */
  readonly trouble: PlayheadError | undefined;
  /** Checks the store again; throws its trouble. */
  confirm(): Promise<void>;
}

/** An event store that measures appends, and reports streams that refuse them or lack events. */
export type MeteredEventStore = EventStore & EventStoreMeter;

export const meteredEventStore = (
  ...parameters: ConstructorParameters<typeof EventStoreMeter>
): MeteredEventStore => overlay(parameters[0], new EventStoreMeter(...parameters));

class EventStoreMeter {
  /** The time of the last answer to an append, in milliseconds of the process. */
  workedAt = -Infinity;
  guard: AppendGuard | undefined;
  /** How often the store did not answer, and how often that was when it was last confirmed. */
  private silences = 0;
  private confirmedSilences = 0;

  constructor(
    private readonly store: EventStore,
    private readonly telemetry: Telemetry,
    private readonly faults: StreamFaults,
    readonly past: LogPast | undefined,
  ) {}

  async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const isDoubted = this.silences > this.confirmedSilences;
    const cause = isDoubted ? await this.foundTrouble() : this.guard?.trouble;
    if (cause !== undefined) return appends.map(() => ({ kind: 'unknown', cause }));
    const elapsed = startStopwatch();
    const outcomes = await this.store.append(appends);
    this.telemetry.appended(outcomes, elapsed());
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.kind === 'refused') this.faults.tell(appends[i]?.stream ?? '', outcome.reason);
    }
    if (outcomes.some(({ kind }) => kind === 'unknown')) this.silences += 1;
    if (outcomes.some(({ kind }) => kind !== 'unknown')) this.workedAt = performance.now();
    return outcomes;
  }

  async readStream(stream: string): Promise<readonly StoredEvent[]> {
    const events = await this.store.readStream(stream);
    if ((events[0]?.revision ?? 0) > 0) this.faults.tell(stream, 'cut-off');
    return events;
  }

  async ping(): Promise<void> {
    try {
      await this.confirm();
      await this.store.ping();
    } catch (error) {
      this.silences += 1;
      throw error;
    }
  }

  /** Checks whether the store that answers again is the same; returns the reason if it is not. */
  private async foundTrouble(): Promise<unknown> {
    try {
      await this.confirm();
      return this.guard?.trouble;
    } catch (error) {
      return error;
    }
  }

  private async confirm(): Promise<void> {
    const { silences } = this;
    await this.guard?.confirm();
    this.confirmedSilences = Math.max(this.confirmedSilences, silences);
  }
}
