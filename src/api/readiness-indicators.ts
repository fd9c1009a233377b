import { Inject, Injectable } from '@nestjs/common';
import {
  HealthIndicatorService,
  type HealthIndicatorFunction,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { CLOCK_CHECK, type ClockCheck } from '../ports/clock.js';
import { HEALTH, type Health } from '../ports/health.js';
import {
  isCatchingUp,
  PROJECTION_CONTROL,
  type ProjectionControl,
  type ProjectionProgress,
} from '../ports/projection-control.js';

export const READINESS_SETTINGS = Symbol('ReadinessSettings');

/** Tells which parts of the server have to be well for it to take requests. */
@Injectable()
export class ReadinessIndicators {
  private isDraining = false;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
    @Inject(CLOCK_CHECK) private readonly clockCheck: ClockCheck,
    @Inject(READINESS_SETTINGS) private readonly settings: ReadinessSettings,
  ) {}

  /** Makes the server not ready from here on, as it ends. */
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

  private eventStore(): HealthIndicatorResult {
    const indicator = this.indicators.check('eventStore');
    const { trouble } = this.health.eventStore;
    return trouble === undefined ? indicator.up() : indicator.down(outOfReach(trouble));
  }

  private readModels(): HealthIndicatorResult {
    const indicator = this.indicators.check('readModels');
    const { lagSecondsMax } = this.settings;
    const { projections: measured, readModels } = this.health;
    if (readModels.trouble !== undefined) return indicator.down(outOfReach(readModels.trouble));
    const lags = new Map(measured.map(({ name, lagSeconds }) => [name, lagSeconds]));
    // The progress is of this moment; the lags are of the last measurement.
    const projections = this.control.progress();
    const parked = parkedIn(projections);
    const troubles = projections.flatMap((projection) => {
      const { name, isStopped } = projection;
      const lagSeconds = lags.get(name) ?? 0;
      if (isStopped) return [`${name} is stopped`];
      if (isCatchingUp(projection)) return [`${name} is catching up`];
      return lagSeconds > lagSecondsMax ? [`${name} is too far behind`] : [];
    });
    return troubles.length === 0
      ? indicator.up(parked)
      : indicator.down({ ...parked, message: troubles.join('; ') });
  }
}

export interface ReadinessSettings {
  /** A projection that lags by more makes the server not ready. */
  readonly lagSecondsMax: number;
}

/** The trouble of a store that cannot do its work; `reason` says why. */
const outOfReach = (reason: string) => ({ message: 'out of reach', reason });

/** Says whether a part's trouble is that its store cannot do its work. */
export const isOutOfReach = (trouble: object | undefined): boolean =>
  trouble !== undefined && 'reason' in trouble;

/** Lists the projections that lack events, each with the position and cause of the first one. */
function parkedIn(projections: readonly ProjectionProgress[]): { readonly parked?: object } {
  const parked = projections.flatMap(({ name, parkedEvents, parked: { lowest } }) =>
    lowest === undefined ? [] : [{ projection: name, events: parkedEvents, ...lowest }],
  );
  return parked.length === 0 ? {} : { parked };
}
