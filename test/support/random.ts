import { randomInt } from 'node:crypto';

/** Numbers that a seed determines (mulberry32), so that a failure can be seen again. */
export class SeededRandom {
  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from min to max, both inclusive. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.whole(0, values.length - 1)] ?? values[0];
  }

  /** The same values in another order. */
  shuffled<T>(values: readonly T[]): readonly T[] {
    const left = [...values];
    return values.flatMap(() => left.splice(this.whole(0, left.length - 1), 1));
  }
}

/** The seed of a run: FAULT_SEED repeats one, else it is new; the caller prints it. */
export function seedOfRun(): number {
  const given = process.env.FAULT_SEED;
  return given === undefined ? randomInt(2 ** 31) : Number(given);
}

/** The seeds of a suite of so many trials, each a test of its own: FAULT_SEED repeats one. */
export const seedsOfRun = (count: number): readonly number[] =>
  process.env.FAULT_SEED === undefined
    ? Array.from({ length: count }, seedOfRun)
    : [Number(process.env.FAULT_SEED)];
