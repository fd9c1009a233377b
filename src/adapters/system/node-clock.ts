import type { Clock } from '../../ports/clock.js';
import { machineClock } from './machine-clock.js';

/**
 * The clock of a node, shared by all of its threads, one of which sets it. Once it is set it runs
 * on by the machine's monotonic clock: whatever becomes of the machine's time of day, it goes on.
 * Until then it shows the time of day.
 */
export class NodeClock implements Clock {
  private readonly lead: BigInt64Array;

  /** Without a buffer it is a clock of its own; with that of another it shows the same. */
  constructor(
    readonly shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT),
    private readonly machine = machineClock,
  ) {
    this.lead = new BigInt64Array(shared);
  }

  now(): number {
    const lead = Number(Atomics.load(this.lead, 0));
    return lead === 0 ? this.machine.wall() : Math.floor(this.machine.monotonic() + lead);
  }

  /** States how many milliseconds it is to be ahead of the machine's monotonic clock. */
  set(leadMs: number): void {
    Atomics.store(this.lead, 0, BigInt(Math.round(leadMs)));
  }
}
