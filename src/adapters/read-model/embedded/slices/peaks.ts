import type { Block } from './block.js';
import { GroupedNumbers } from './grouped-numbers.js';
import type { Stretches } from './stretches.js';

/** Finds how many sessions were watched or stalled in the same minute, by the value they have. */
export class Peaks {
  private readonly firsts = new GroupedNumbers();
  private readonly lasts = new GroupedNumbers();
  private readonly from: number;
  private readonly to: number;

  constructor(private readonly stretches: Stretches) {
    [this.from] = stretches.minutesOf(0);
    [, this.to] = stretches.minutesOf(stretches.length - 1);
  }

  /** Adds the minutes of a row. */
  add(block: Block, row: number, value: number): void {
    block.eachRun(row, (first, last) => {
      if (last < this.from || first >= this.to) return;
      this.firsts.add(value, first);
      this.lasts.add(value, last);
    });
  }

  /** Returns the peak of each stretch and value in which there is a minute. */
  *find(): Generator<Peak> {
    const lasts = this.lasts.byGroup();
    for (const [value, firsts] of this.firsts.byGroup().entries()) {
      const ends = lasts[value];
      if (firsts.length > 0 && ends !== undefined) yield* this.findOf(value, firsts, ends);
    }
  }

  /** Goes through the stretches in the order of time, and through the runs' ends on the way. */
  private *findOf(value: number, firsts: Uint32Array, lasts: Uint32Array): Generator<Peak> {
    firsts.sort();
    lasts.sort();
    let [begun, ended] = [0, 0];
    for (let stretch = 0; stretch < this.stretches.length; stretch += 1) {
      const [from, to] = this.stretches.minutesOf(stretch);
      let [sessions, minute] = [0, from];
      while (begun < firsts.length && (firsts[begun] ?? 0) <= from) begun += 1;
      while (ended < lasts.length && (lasts[ended] ?? 0) < from) ended += 1;
      sessions = begun - ended;
      while (begun < firsts.length && (firsts[begun] ?? 0) < to) {
        const first = firsts[begun] ?? 0;
        begun += 1;
        while (ended < lasts.length && (lasts[ended] ?? 0) < first) ended += 1;
        if (begun - ended > sessions) [sessions, minute] = [begun - ended, first];
      }
      if (sessions > 0) yield { stretch, value, sessions, minute };
    }
  }
}

/** The most sessions at a time that have one value, in one stretch, and the first such minute. */
export interface Peak {
  readonly stretch: number;
  readonly value: number;
  readonly sessions: number;
  readonly minute: number;
}
