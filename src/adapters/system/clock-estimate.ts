import type { TimeBounds } from '../../ports/clock.js';

/**
 * Estimates how far another's clock is ahead of this machine's monotonic clock. Each reading gives
 * two bounds, as far apart as its answer took and its time is coarse; all readings together allow
 * less than any alone. A reading that contradicts the others may be of a server that was held up:
 * only a second one that agrees with it shows that the clock was set.
 */
export class ClockEstimate {
  private known: TimeBounds | undefined;
  private knownAt = 0;
  private odd: TimeBounds | undefined;
  private isOutdated = false;

  /** Returns the bounds at a time of the monotonic clock; undefined before the first reading. */
  at(monotonicMs: number): TimeBounds | undefined {
    if (this.known === undefined) return undefined;
    const driftMs = (monotonicMs - this.knownAt) * DRIFT_RATIO;
    return { earliest: this.known.earliest - driftMs, latest: this.known.latest + driftMs };
  }

  /** Takes in a reading, made at a time of the monotonic clock. */
  take(reading: TimeBounds, monotonicMs: number): void {
    const known = this.isOutdated ? undefined : this.at(monotonicMs);
    const agreed =
      known === undefined ? reading : (common(known, reading) ?? common(this.odd, reading));
    this.odd = agreed === undefined ? reading : undefined;
    if (agreed === undefined) return;
    this.known = agreed;
    this.knownAt = monotonicMs;
    this.isOutdated = false;
  }

  /** Lets the next reading replace all before it: this machine may have stood still. */
  outdate(): void {
    this.isOutdated = true;
    this.odd = undefined;
  }
}

/** The rate at which two clocks may part by themselves: NTP slews a clock by no more. */
const DRIFT_RATIO = 0.0005;

/** Returns the overlap of two bounds; undefined if there is none. */
function common(one: TimeBounds | undefined, other: TimeBounds): TimeBounds | undefined {
  if (one === undefined) return undefined;
  const earliest = Math.max(one.earliest, other.earliest);
  const latest = Math.min(one.latest, other.latest);
  return earliest <= latest ? { earliest, latest } : undefined;
}
