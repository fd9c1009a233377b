import type { TimeBounds } from '../../ports/clock.js';

/** How far two clocks may part by themselves: what NTP allows a clock to be slewed at most. */
const DRIFT_RATIO = 0.0005;

/**
 * How far another's clock is ahead of this machine's monotonic one, as far as readings tell: each
 * gives two bounds, which are as far apart as its answer took and as its time is coarse, and what
 * all of them allow is narrower than any. One that contradicts the others may be a server that was
 * held up: only the second one that agrees with it shows that the clock was set.
 */
export class ClockEstimate {
  private known: TimeBounds | undefined;
  private knownAt = 0;
  private odd: TimeBounds | undefined;
  private isOutdated = false;

  /** What is known, at a time of the monotonic clock; undefined if nothing is. */
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

  /** The next reading counts more than all before it: this machine may have stood still. */
  outdate(): void {
    this.isOutdated = true;
    this.odd = undefined;
  }
}

/** What lies within both bounds; undefined if nothing does. */
function common(one: TimeBounds | undefined, other: TimeBounds): TimeBounds | undefined {
  if (one === undefined) return undefined;
  const earliest = Math.max(one.earliest, other.earliest);
  const latest = Math.min(one.latest, other.latest);
  return earliest <= latest ? { earliest, latest } : undefined;
}
