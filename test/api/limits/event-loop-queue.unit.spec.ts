import { setImmediate as turn } from 'node:timers/promises';
import { EventLoopQueue } from '../../../src/api/limits/event-loop-queue.js';

/** Keeps the thread busy. */
function work(durationMs: number): void {
  const end = performance.now() + durationMs;
  while (performance.now() < end);
}

describe('the queue of the event loop', () => {
  it('lets everyone pass, in the order in which they came', async () => {
    const queue = new EventLoopQueue(() => 0);
    const passed: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        await queue.pass();
        passed.push(i);
      }),
    );
    expect(passed).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await queue.pass();
  });

  it('lets the loop turn between two that keep the thread busy', async () => {
    const queue = new EventLoopQueue(() => 0);
    let turns = 0;
    const stop = new AbortController();
    const counting = (async () => {
      for (; !stop.signal.aborted; turns += 1) await turn();
    })();
    const turnsAt: number[] = [];
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        await queue.pass();
        turnsAt.push(turns);
        work(10);
      }),
    );
    stop.abort();
    await counting;
    const between = turnsAt.slice(1).map((at, i) => at - (turnsAt[i] ?? 0));
    for (const turnsBetween of between) expect(turnsBetween).toBeGreaterThan(0);
  });

  it('goes on taking requests in while they keep coming, but not for ever', async () => {
    let arrivals = 0;
    const coming = (until: number): EventLoopQueue => {
      arrivals = 0;
      return new EventLoopQueue(() => (arrivals < until ? (arrivals += 1) : arrivals));
    };
    await coming(10).pass();
    expect(arrivals).toBe(10);
    await coming(Infinity).pass();
    expect(arrivals).toBeLessThan(200);
  });

  it('says how long the first has been waiting', async () => {
    const queue = new EventLoopQueue(() => 0);
    expect(queue.waitMs()).toBe(0);
    const first = queue.pass();
    work(20);
    expect(queue.waitMs()).toBeGreaterThanOrEqual(20);
    expect(await first).toBeGreaterThanOrEqual(20);
    expect(queue.waitMs()).toBe(0);
  });
});
