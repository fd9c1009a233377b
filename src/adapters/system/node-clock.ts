import type { Clock } from '../../ports/clock.js';
import { machineClock } from './machine-clock.js';

/**
 * The clock of a node, shared by all of its threads. Until one of them sets it, it shows the time
 * of day. From then on it runs by the machine's monotonic clock, whatever becomes of the time of
 * day.
 */
export class NodeClock implements Clock {
  private readonly lead: BigInt64Array;

  /** Makes a clock of its own; with the buffer of another clock it shows the same time. */
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

  /** Sets the clock's lead in milliseconds over the machine's monotonic clock. */
  set(leadMs: number): void {
    Atomics.store(this.lead, 0, BigInt(Math.round(leadMs)));
  }
}
