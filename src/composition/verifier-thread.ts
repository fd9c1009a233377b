import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../domain/errors.js';
import type { VerificationReport } from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import { resultOf, type Answer } from './answers.js';
import { FOLDING_MEMORY } from './lasting-thread.js';
import type { Workplace } from './projector.worker.js';
import { assertSameBuild } from './build-record.js';
import { inScratchFolder, type VerificationOrder } from './verification.js';

/** Verifications in a thread of their own, one at a time: each reads the whole log. */
export class VerifierThread {
  private worker: Worker | undefined;
  private isStopping = false;

  constructor(private readonly workplace: Workplace) {}

  /** CONFLICT while another one is under way. */
  async verify(name: ProjectionName): Promise<VerificationReport> {
    if (this.isStopping) throw new Error('the server is ending');
    if (this.worker !== undefined) {
      throw new PlayheadError('CONFLICT', 'a read model is being verified already');
    }
    assertSameBuild();
    const { locations, metaStream, retentionDays, sharedClock } = this.workplace;
    const order = { locations, metaStream, name, retentionDays, sharedClock };
    return inScratchFolder((scratch) => this.run({ ...order, scratch }));
  }

  /** Ends the one under way, which is then asked for in vain. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.worker?.terminate();
  }

  private run(order: VerificationOrder): Promise<VerificationReport> {
    const url = new URL('./verifier.worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: order, resourceLimits: FOLDING_MEMORY });
    this.worker = worker;
    return new Promise((resolve, reject) => {
      let answer: Answer | undefined;
      worker.on('message', (message: Answer) => {
        answer = message;
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        this.worker = undefined;
        try {
          if (answer === undefined) throw new Error('the verification was cut off');
          resolve(resultOf(answer) as VerificationReport);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}
