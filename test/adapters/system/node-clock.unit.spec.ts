import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { machineClock } from '../../../src/adapters/system/machine-clock.js';
import { NodeClock } from '../../../src/adapters/system/node-clock.js';
import { isTime } from '../../../src/domain/time.js';
import { SettableMachine } from '../../support/settable-machine.js';

describe("a node's clock", () => {
  it("shows the machine's time of day until it is set", () => {
    const machine = new SettableMachine();
    const clock = new NodeClock(undefined, machine);
    machine.setWall(1_700_000_000_000);
    expect(clock.now()).toBe(1_700_000_000_000);
  });

  it('goes on evenly once it is set, whatever becomes of the time of day', () => {
    const machine = new SettableMachine();
    const clock = new NodeClock(undefined, machine);
    clock.set(1_600_000_000_000 - machine.monotonic());
    machine.setWall(0);
    machine.advance(1_500);
    // It leaves out what is no whole millisecond.
    expect(Math.abs(clock.now() - 1_600_000_001_500)).toBeLessThanOrEqual(1);
  });

  it('shows times that can be stored', () => {
    const clock = new NodeClock();
    clock.set(machineClock.wall() - machineClock.monotonic());
    expect(isTime(clock.now())).toBe(true);
  });

  it('is the same in every thread', async () => {
    const clock = new NodeClock();
    const source = `
      const { workerData, parentPort } = require('node:worker_threads');
      const lead = Number(Atomics.load(new BigInt64Array(workerData), 0));
      parentPort.postMessage(lead + Number(process.hrtime.bigint()) / 1e6);`;
    clock.set(1_600_000_000_000 - machineClock.monotonic());
    const before = clock.now();
    const worker = new Worker(source, { eval: true, workerData: clock.shared });
    const [seen] = (await once(worker, 'message')) as [number];
    expect(seen).toBeGreaterThanOrEqual(before);
    expect(seen).toBeLessThanOrEqual(clock.now() + 1);
  });
});
