import { setImmediate as turn } from 'node:timers/promises';

/** How long work may keep the thread before the network is looked after again. */
const SLICE_MS = 5;
/** How often it is then looked after, as long as more keeps coming. */
const LOOKS_MAX = 50;

interface Waiting {
  readonly pass: (waitedMs: number) => void;
  readonly since: number;
}

/**
 * Lets work that keeps the thread busy pass one after the other, and has the network looked after
 * between: Node takes in one connection a turn of its loop, so without this a crowd would wait in
 * the system's queue, where nobody can tell it to come again later.
 */
export class EventLoopQueue {
  private readonly waiting: Waiting[] = [];
  private isTurning = false;

  /** `arrivals` counts the requests that have come. */
  constructor(private readonly arrivals: () => number) {}

  /**
   * Resolves to the milliseconds waited when it is the caller's turn; what it does before its next
   * await is its turn.
   */
  pass(): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.push({ pass: resolve, since: performance.now() });
      if (!this.isTurning) void this.run();
    });
  }

  /** How long the first in the queue has been waiting, in milliseconds; 0 if nobody waits. */
  waitMs(): number {
    const [first] = this.waiting;
    return first === undefined ? 0 : performance.now() - first.since;
  }

  private async run(): Promise<void> {
    this.isTurning = true;
    while (this.waiting.length > 0) {
      await this.lookAfterNetwork();
      const since = performance.now();
      while (this.waiting.length > 0 && performance.now() - since < SLICE_MS) {
        const waitedMs = this.waitMs();
        this.waiting.shift()?.pass(waitedMs);
        // Behind the work that has just been let through.
        await Promise.resolve();
      }
    }
    this.isTurning = false;
  }

  private async lookAfterNetwork(): Promise<void> {
    for (let looks = 0, before = -1; looks < LOOKS_MAX && this.arrivals() > before; looks += 1) {
      before = this.arrivals();
      // In one turn a connection is taken in, in the next its request is read.
      await turn();
      await turn();
    }
  }
}
