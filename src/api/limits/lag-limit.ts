import { PlayheadError } from '../../domain/errors.js';
import type { Health } from '../../ports/health.js';
import { isCatchingUp, type ProjectionLag } from '../../ports/projection-control.js';

/**
 * Holds events back while a read model lags by more than the limit. A stopped read model does not
 * count, as only an operator ends that; nor does one that is folded anew, as that takes long in
 * proportion to the log.
 */
export class LagLimit {
  private seen: readonly ProjectionLag[] | undefined;
  private refusal: PlayheadError | undefined;

  /** `secondsMax` is undefined if there is no limit. */
  constructor(
    private readonly secondsMax: number | undefined,
    private readonly health: Pick<Health, 'projections'>,
  ) {}

  /** Throws OVERLOADED while events are held back. */
  check(): void {
    if (this.secondsMax === undefined) return;
    const { projections } = this.health;
    // All requests until the next look get the same error, as refusing has to be cheap.
    if (projections !== this.seen) this.refusal = refusalOf(projections, this.secondsMax);
    this.seen = projections;
    if (this.refusal !== undefined) throw this.refusal;
  }
}

/** The longest Retry-After. A shorter one is the excess lag, which takes about as long to fold. */
const RETRY_AFTER_SECONDS_MAX = 30;
/** The reason in an OVERLOADED answer that is due to lag, not to a lack of room. */
export const LAGGING = 'lagging';

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
