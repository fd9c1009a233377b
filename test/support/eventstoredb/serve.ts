import { createInterface } from 'node:readline';
import { CompressingRelay } from './compressing-relay.js';
import { EventStoreDbDouble } from './eventstoredb-double.js';
import type { AppendFault } from './faults.js';

/**
 * The double of EventStoreDB as a process of its own, for tests of the real server and benchmarks:
 * `node --import ./test/support/typescript.mjs test/support/eventstoredb/serve.ts [port]`. Prints
 * its port, then takes commands, a line each, and answers each with a line: `down` and `up` (the
 * log stays), `count`, `put-back <count>` (of all records only so many are left), `fault <kind>
 * [times]`, `faults` (how many are still to come), `release`,
 * `relay` (where a relay before it listens that compresses what clients let it).
 * Ends with its standard input.
 */
const double = await EventStoreDbDouble.start({ port: Number(process.argv[2] ?? 0) });

const COMMANDS: Readonly<Record<string, (...words: string[]) => Promise<string> | string>> = {
  down: () => {
    double.down();
    return 'down';
  },
  up: async () => {
    await double.up();
    return 'up';
  },
  clock: (offsetMs) => {
    double.log.clockOffsetMs = Number(offsetMs);
    return 'clock';
  },
  'put-back': async (count) => {
    double.down();
    double.log.putBackTo(Number(count));
    await double.up();
    return 'put-back';
  },
  count: () => String(double.log.records.length),
  fault: (kind, times = '1') => {
    double.faults.appends.push(...Array.from({ length: Number(times) }, () => kind as AppendFault));
    return 'fault';
  },
  faults: () => String(double.faults.appends.length),
  release: () => {
    double.faults.release();
    return 'release';
  },
  relay: async () => (await CompressingRelay.start(double.port)).url,
};

process.stdout.write(`${String(double.port)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [name = '', ...words] = line.trim().split(' ');
  const answer = await (COMMANDS[name]?.(...words) ?? `no such command: ${name}`);
  process.stdout.write(`${answer}\n`);
}
process.exit(0);
