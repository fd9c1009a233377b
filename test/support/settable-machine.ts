import type { MachineClock } from '../../src/adapters/system/machine-clock.js';

/** A machine whose clocks stand still until they are told otherwise. */
export class SettableMachine implements MachineClock {
  private wallMs = Date.UTC(2024, 0, 15, 12);
  /** It was started some time before. */
  private monotonicMs = 12_345.678;

  wall(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.monotonicMs;
  }

  /** Time passes. */
  advance(durationMs: number): void {
    this.wallMs += durationMs;
    this.monotonicMs += durationMs;
  }

  /** Somebody sets its time of day. */
  setWall(wallMs: number): void {
    this.wallMs = wallMs;
  }
}
