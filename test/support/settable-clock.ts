import type { Clock } from '../../src/ports/clock.js';

/** A clock that stands still until it is told otherwise. */
export class SettableClock implements Clock {
  constructor(private timeMs: number) {}

  now(): number {
    return this.timeMs;
  }

  set(timeMs: number): void {
    this.timeMs = timeMs;
  }

  advance(durationMs: number): void {
    this.timeMs += durationMs;
  }
}
