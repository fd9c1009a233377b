import { Inject, Injectable } from '@nestjs/common';
import {
  HealthIndicatorService,
  type HealthIndicatorFunction,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { CLOCK_CHECK, type ClockCheck } from '../ports/clock.js';
import { EVENT_STORE, type EventStore } from '../ports/event-store.js';
import {
  isCatchingUp,
  PROJECTION_CONTROL,
  type ProjectionControl,
  type ProjectionLag,
} from '../ports/projection-control.js';
import { READ_MODEL_READER, type ReadModelReader } from '../ports/read-model/reader.js';

export interface ReadinessSettings {
  /** A projection that is behind by more is not ready. */
  readonly lagSecondsMax: number;
}

/** What is said of a store that does not answer. */
export const OUT_OF_REACH = 'out of reach';

export const READINESS_SETTINGS = Symbol('ReadinessSettings');

/** What has to be well for the server to take requests. */
@Injectable()
export class ReadinessIndicators {
  private isDraining = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(READ_MODEL_READER) private readonly reader: ReadModelReader,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
    @Inject(CLOCK_CHECK) private readonly clockCheck: ClockCheck,
    @Inject(READINESS_SETTINGS) private readonly settings: ReadinessSettings,
  ) {}

  /** From here on not ready: the server ends. */
  beginDraining(): void {
    this.isDraining = true;
  }

  all(): HealthIndicatorFunction[] {
    return [
      () => this.server(),
      () => this.eventStore(),
      () => this.readModels(),
      () => this.clock(),
    ];
  }

  private server(): HealthIndicatorResult {
    const indicator = this.indicators.check('server');
    return this.isDraining ? indicator.down('shutting down') : indicator.up();
  }

  private clock(): HealthIndicatorResult {
    const indicator = this.indicators.check('clock');
    const trouble = this.clockCheck.trouble();
    return trouble === undefined ? indicator.up() : indicator.down(trouble);
  }

  private async eventStore(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('eventStore');
    try {
      await this.store.ping();
      return indicator.up();
    } catch {
      return indicator.down(OUT_OF_REACH);
    }
  }

  private async readModels(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('readModels');
    const { lagSecondsMax } = this.settings;
    try {
      await this.reader.ping();
    } catch {
      return indicator.down(OUT_OF_REACH);
    }
    const projections = await this.control.lag();
    const parked = parkedIn(projections);
    const troubles = projections.flatMap((projection) => {
      const { name, isStopped, lagSeconds } = projection;
      if (isStopped) return [`${name} is stopped`];
      if (isCatchingUp(projection)) return [`${name} is catching up`];
      return lagSeconds > lagSecondsMax ? [`${name} is too far behind`] : [];
    });
    return troubles.length === 0
      ? indicator.up(parked)
      : indicator.down({ ...parked, message: troubles.join('; ') });
  }
}

/** Which projections lack events, where the first of them is in the log and why it is parked. */
function parkedIn(projections: readonly ProjectionLag[]): { readonly parked?: object } {
  const parked = projections.flatMap(({ name, parkedEvents, parked: { lowest } }) =>
    lowest === undefined ? [] : [{ projection: name, events: parkedEvents, ...lowest }],
  );
  return parked.length === 0 ? {} : { parked };
}
