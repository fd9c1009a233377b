import { PlayheadError } from '../../domain/errors.js';
import type { Health } from '../../ports/health.js';
import { isCatchingUp, type ProjectionLag } from '../../ports/projection-control.js';

/** When to come again: when what is too much would be folded in as long as it took to come. */
const RETRY_AFTER_SECONDS_MAX = 30;

/** What an answer says of why it is OVERLOADED, where it is not for want of room. */
export const LAGGING = 'lagging';

/**
 * Holds events back while a read model lags by more than it may. One that is stopped does not
 * count, which only an operator ends, nor one that is folded anew, which takes as long as the log
 * is long.
 */
export class LagLimit {
  private seen: readonly ProjectionLag[] | undefined;
  private refusal: PlayheadError | undefined;

  /** Undefined: there is no limit. */
  constructor(
    private readonly secondsMax: number | undefined,
    private readonly health: Pick<Health, 'projections'>,
  ) {}

  /** OVERLOADED while events are held back. */
  check(): void {
    if (this.secondsMax === undefined) return;
    const { projections } = this.health;
    // One error for all requests until the next look, as refusing has to be cheap.
    if (projections !== this.seen) this.refusal = refusalOf(projections, this.secondsMax);
    this.seen = projections;
    if (this.refusal !== undefined) throw this.refusal;
  }
}

function refusalOf(
  projections: readonly ProjectionLag[],
  secondsMax: number,
): PlayheadError | undefined {
  const [last] = projections
    .filter((one) => !one.isStopped && !isCatchingUp(one))
    .sort((a, b) => b.lagSeconds - a.lagSeconds);
  if (last === undefined || last.lagSeconds <= secondsMax) return undefined;
  const { name, lagSeconds } = last;
  const message = `${name} lags by ${String(Math.round(lagSeconds))} s: events are held back`;
  const excess = Math.ceil(lagSeconds - secondsMax);
  const retryAfterSeconds = Math.min(RETRY_AFTER_SECONDS_MAX, excess);
  return new PlayheadError('OVERLOADED', message, { retryAfterSeconds, reason: LAGGING });
}
