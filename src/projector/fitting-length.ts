import { SECOND_MS } from '../domain/time.js';

/** The number of events that a store gives or takes at a time, learnt from how long it took. */
export class FittingLength {
  private eventsMax = FIRST_EVENTS;

  /** Returns the number of events that fit, at most `limit`. */
  of(limit: number): number {
    return Math.min(limit, this.eventsMax);
  }

  /** Notes how long a number of events took; `isFull` says whether there were as many as fit. */
  learn(events: number, tookMs: number, isFull = events >= this.eventsMax): void {
    if (tookMs > MS_MAX) {
      const share = Math.max(MS_MAX / tookMs, 1 / 4);
      this.eventsMax = Math.max(EVENTS_MIN, Math.floor(events * share));
    } else if (tookMs < MS_MAX / 2 && isFull) this.eventsMax *= 2;
  }
}

/** The length before anything is known of the speed, and the shortest one. */
const FIRST_EVENTS = 500;
const EVENTS_MIN = 20;
/** The time in milliseconds above which the next events are fewer. */
const MS_MAX = 2 * SECOND_MS;
