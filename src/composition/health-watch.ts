import { messageWithCauses } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { Health } from '../ports/health.js';
import type { ProjectionControl, ProjectionLag } from '../ports/projection-control.js';
import type { ReadModelReader } from '../ports/read-model/reader.js';
import { WakeUp } from '../projector/wake-up.js';
import type { MeteredEventStore } from '../telemetry/metered-event-store.js';
import { Seldom } from '../telemetry/seldom.js';
import type { OperatorLog } from '../ports/operator-log.js';
import { StoreWatch } from './store-watch.js';

/** Looks at the stores and the projections once a second, each by itself. */
export class HealthWatch implements Health {
  readonly eventStore: StoreWatch;
  readonly readModels: StoreWatch;
  projections: readonly ProjectionLag[] = [];
  private hasEnded = false;
  private readonly isOver = (): boolean => this.hasEnded;
  private readonly ends: WakeUp[] = [];
  private readonly seldom = new Seldom();

  private constructor(private readonly options: HealthWatchOptions) {
    const { eventStore, readModels, places, operatorLog } = options;
    const events = {
      name: 'the event store',
      place: places.eventStore,
      meanwhile: 'and events are refused meanwhile',
      ping: () => eventStore.ping(),
      workedAt: () => eventStore.workedAt,
    };
    const figures = {
      name: 'the store of the read models',
      place: places.readModels,
      meanwhile: 'and the figures stand still meanwhile',
      ping: () => readModels.ping(),
    };
    this.eventStore = new StoreWatch(events, operatorLog);
    this.readModels = new StoreWatch(figures, operatorLog);
  }

  /** Resolves once the stores and the projections were looked at for the first time. */
  static async start(options: HealthWatchOptions): Promise<HealthWatch> {
    const watch = new HealthWatch(options);
    await Promise.all([
      watch.repeat(() => watch.eventStore.look(watch.isOver)),
      watch.repeat(() => watch.readModels.look(watch.isOver)),
      watch.repeat(() => watch.measure()),
    ]);
    return watch;
  }

  /** Ends the looks. It does not wait for a look under way, as a store may be silent. */
  stop(): void {
    this.hasEnded = true;
    for (const end of this.ends) end.wake();
  }

  /** Looks for the first time, resolves, and goes on looking. */
  private async repeat(look: () => Promise<void>): Promise<void> {
    const end = new WakeUp();
    this.ends.push(end);
    const goOn = async (): Promise<void> => {
      while (!this.isOver()) {
        await end.wait(LOOK_MS);
        if (!this.isOver()) await look();
      }
    };
    await look();
    void goOn();
  }

  private async measure(): Promise<void> {
    const { control, operatorLog } = this.options;
    try {
      this.projections = await control.lag();
    } catch (error) {
      const reason = messageWithCauses(error);
      if (this.isOver() || !this.seldom.may(reason)) return;
      operatorLog.warn(`how far the read models are is not known: ${reason}; trying again`);
    }
  }
}

/** The time in milliseconds between two looks at a store or the projections. */
const LOOK_MS = SECOND_MS;

export interface HealthWatchOptions {
  readonly eventStore: Pick<MeteredEventStore, 'ping' | 'workedAt'>;
  readonly readModels: Pick<ReadModelReader, 'ping'>;
  /** The places of the stores, for the log. */
  readonly places: Readonly<Record<'eventStore' | 'readModels', string>>;
  readonly control: Pick<ProjectionControl, 'lag'>;
  readonly operatorLog: OperatorLog;
}
