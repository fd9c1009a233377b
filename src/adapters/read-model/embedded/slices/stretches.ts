import { daysIn, type DayRange } from '../../../../domain/figures/session-places.js';
import { minuteOf, type Stretch } from '../../../../domain/time.js';

/** Stretches of whole minutes in the order of time, which do not overlap. */
export class Stretches {
  readonly length: number;
  private readonly from: Float64Array;
  private readonly to: Float64Array;

  constructor(private readonly stretches: readonly Stretch[]) {
    this.length = stretches.length;
    this.from = Float64Array.from(stretches, ({ from }) => from);
    this.to = Float64Array.from(stretches, ({ to }) => to);
  }

  /** Returns the number of the stretch that holds a time; -1 if none does. */
  find(timeMs: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.to[middle] ?? 0) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low < this.length && (this.from[low] ?? 0) <= timeMs ? low : -1;
  }

  /** Returns the first minute of a stretch, and the one behind its last. */
  minutesOf(stretch: number): readonly [first: number, end: number] {
    return [minuteOf(this.from[stretch] ?? 0), minuteOf(this.to[stretch] ?? 0)];
  }

  /** Returns the UTC days that the stretches touch. */
  days(): readonly DayRange[] {
    return daysIn(this.stretches);
  }
}
