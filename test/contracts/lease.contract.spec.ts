import { MemoryLease } from '../../src/adapters/read-model/memory/memory-lease.js';
import { LEASE_MS } from '../../src/ports/lease.js';
import { SettableClock } from '../support/settable-clock.js';
import { describeLease } from './lease.suite.js';

const clock = new SettableClock(0);
describeLease('memory', {
  create: (nodes) => {
    const lease = new MemoryLease(clock);
    const others = Array.from({ length: nodes - 1 }, () => lease.anotherOwner());
    return Promise.resolve([lease, ...others]);
  },
  expire: () => {
    clock.advance(LEASE_MS);
    return Promise.resolve();
  },
  cleanUp: () => Promise.resolve(),
});
