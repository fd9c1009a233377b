import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Order } from './eventstoredb-successor.worker.js';

const PACKAGE = '@kurrent/kurrentdb-client';
export const HOW_TO_INSTALL = `npm install --no-save ${PACKAGE}@1.3.1`;

/**
 * The client's successor, which nothing here depends on: who wants it measured installs it. On a
 * thread of its own, as both clients put their messages under the same global names, and the one
 * that is loaded first cannot append any more.
 */
export class Successor {
  private constructor(private readonly worker: Worker) {}

  /** Undefined if it is not installed. */
  static async open(connectionString: string): Promise<Successor | undefined> {
    // By its old name for the scheme it prints a warning.
    const url = connectionString.replace(/^esdb/, 'kurrentdb');
    const file = new URL('./eventstoredb-successor.worker.js', import.meta.url);
    const worker = new Worker(file, { workerData: { name: PACKAGE, url } satisfies Order });
    try {
      await once(worker, 'message');
      return new Successor(worker);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
      return undefined;
    }
  }

  /** Reads the log from a position on; tells how many events there were. */
  async readAll(from: number): Promise<number> {
    this.worker.postMessage(from);
    const [count] = (await once(this.worker, 'message')) as [number];
    return count;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
