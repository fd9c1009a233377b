import { parentPort, workerData } from 'node:worker_threads';

export interface Order {
  /** Of the package; not written where it is imported, as it need not be there. */
  readonly name: string;
  readonly url: string;
}

/** What is used of the package. */
interface ClientPackage {
  readonly KurrentDBClient: {
    connectionString: (url: string) => {
      readAll: (options: {
        readonly fromPosition: { readonly commit: bigint; readonly prepare: bigint };
        readonly requiresLeader: boolean;
      }) => AsyncIterable<{ readonly event?: unknown }>;
    };
  };
}

const { name, url } = workerData as Order;
const { KurrentDBClient } = (await import(name)) as ClientPackage;
const client = KurrentDBClient.connectionString(url);

async function readAll(from: number): Promise<number> {
  const fromPosition = { commit: BigInt(from), prepare: BigInt(from) };
  let count = 0;
  for await (const { event } of client.readAll({ fromPosition, requiresLeader: true })) {
    if (event === undefined) throw new Error('an event is missing');
    count += 1;
  }
  return count;
}

parentPort?.on('message', (from: number) => {
  // An error ends the thread, and is reported by it.
  void readAll(from).then((count) => parentPort?.postMessage(count));
});
parentPort?.postMessage('ready');
