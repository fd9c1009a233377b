import { randomUUID } from 'node:crypto';
import { readConnectionString } from '../../../src/adapters/event-store/eventstoredb/connection-string.js';
import { EventStoreDbDouble, type DoubleOptions } from './eventstoredb-double.js';

/** A real server that the suites are to run against, if the environment names one. */
const REAL_URL = process.env.EVENTSTORE_URL;

if (REAL_URL !== undefined) {
  const { address } = readConnectionString(REAL_URL);
  process.stderr.write(`EventStoreDB is the real one at ${address}: tests of faults are SKIPPED\n`);
}

/** For what needs the double, since no real server fails on demand. */
export const describeWithDouble: typeof describe =
  REAL_URL === undefined ? describe : describe.skip;

/** A server and a corner of it: nothing outside the prefix is touched. */
export interface ServerUnderTest {
  readonly url: string;
  readonly prefix: string;
  stop(): Promise<void>;
}

/** The real server, or a new double. */
export async function serverUnderTest(options: DoubleOptions = {}): Promise<ServerUnderTest> {
  const prefix = `playhead-test-${randomUUID()}-`;
  if (REAL_URL !== undefined) return { url: REAL_URL, prefix, stop: () => Promise.resolve() };
  const double = await EventStoreDbDouble.start(options);
  const stop = (): Promise<void> => {
    double.down();
    return Promise.resolve();
  };
  return { url: double.url, prefix, stop };
}
