import type { Lease } from '../../src/ports/lease.js';

/** Makes leases for the contract suite. */
export interface LeaseFactory {
  /** The same lease as so many nodes see it; nobody has it. */
  create(nodes: number): Promise<readonly Lease[]>;
  /** Lets time pass until the lease has run out. */
  expire(): Promise<void>;
  cleanUp(): Promise<void>;
}

/** What every lease has to hold. */
export function describeLease(name: string, factory: LeaseFactory): void {
  describe(`lease: ${name}`, () => {
    let one: Lease;
    let another: Lease;
    beforeEach(async () => {
      [one, another] = (await factory.create(2)) as [Lease, Lease];
    });
    afterEach(() => factory.cleanUp());

    test('the first to ask has it, and keeps it against others', async () => {
      expect(await one.tryHold()).toBe(true);
      expect(await another.tryHold()).toBe(false);
      expect(await one.tryHold()).toBe(true);
      expect(await another.tryHold()).toBe(false);
    });

    test('what is released is free at once', async () => {
      await one.tryHold();
      await one.release();
      expect(await another.tryHold()).toBe(true);
      expect(await one.tryHold()).toBe(false);
    });

    test('it runs out, and who had it then no longer has it', async () => {
      await one.tryHold();
      await factory.expire();
      expect(await another.tryHold()).toBe(true);
      expect(await one.tryHold()).toBe(false);
    });

    test('to release what one does not have changes nothing', async () => {
      await one.release();
      await one.tryHold();
      await another.release();
      expect(await another.tryHold()).toBe(false);
    });

    test('of many at the same time one gets it, whether it is new or has run out', async () => {
      const nodes = [one, another];
      const holders = async (): Promise<number> =>
        (await Promise.all(nodes.map((node) => node.tryHold()))).filter(Boolean).length;
      expect(await holders()).toBe(1);
      await factory.expire();
      expect(await holders()).toBe(1);
    });
  });
}
