import { setImmediate as turn } from 'node:timers/promises';

/**
 * Runs work that keeps the thread busy in turn, and gives the network turns between. Node accepts
 * one connection in a turn of its loop. Without this queue a crowd would wait in the system's
 * queue, where nobody can tell it to come again later.
 */
export class EventLoopQueue {
  private readonly waiting: Waiting[] = [];
  private isTurning = false;

  /** `arrivals` returns the number of requests that have come. */
  constructor(private readonly arrivals: () => number) {}

  /**
   * Resolves when it is the caller's turn, to the milliseconds that it waited. Its turn is its work
   * before the next await.
   */
  pass(): Promise<number> {
    return new Promise((resolve) => {
      this.waiting.push({ pass: resolve, since: performance.now() });
      if (!this.isTurning) void this.run();
    });
  }

  /** Returns how many milliseconds the first in the queue has waited; 0 if the queue is empty. */
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
        // Lets the work run that has just passed.
        await Promise.resolve();
      }
    }
    this.isTurning = false;
  }

  private async lookAfterNetwork(): Promise<void> {
    for (let looks = 0, before = -1; looks < LOOKS_MAX && this.arrivals() > before; looks += 1) {
      before = this.arrivals();
      // One turn takes a connection in, and the next reads its request.
      await turn();
      await turn();
    }
  }
}

/** The time in milliseconds that work may keep the thread before the network gets its turn. */
const SLICE_MS = 5;
/** The most looks at the network in its turn, as long as more requests keep coming. */
const LOOKS_MAX = 50;

interface Waiting {
  readonly pass: (waitedMs: number) => void;
  readonly since: number;
}
