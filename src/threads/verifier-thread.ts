import { PlayheadError } from '../domain/errors.js';
import type {
  ProjectionOrder,
  ProjectionOrders,
  VerificationReport,
} from '../ports/projection-administration.js';
import { assertSameBuild } from './same-build.js';
import { CalledThread } from './called-thread.js';
import { inScratchFolder } from './scratch-folder.js';
import type { Workers } from './workers.js';

/** Runs verifications in a thread of their own, one at a time, as each reads the whole log. */
export class VerifierThread {
  private running: CalledThread<Pick<ProjectionOrders, 'verify'>> | undefined;
  private isStopping = false;

  constructor(private readonly workers: Pick<Workers, 'verify'>) {}

  /** Verifies a read model; throws CONFLICT while another verification is under way. */
  async verify(order: ProjectionOrder<'verify'>): Promise<VerificationReport> {
    if (this.isStopping) throw new Error('the server is ending');
    if (this.running !== undefined) {
      throw new PlayheadError('CONFLICT', 'a read model is being verified already');
    }
    assertSameBuild();
    return inScratchFolder(async (scratch) => {
      this.running = new CalledThread(this.workers.verify(scratch));
      try {
        return await this.running.call(order);
      } finally {
        await this.running.stop();
        this.running = undefined;
      }
    });
  }

  /** Ends the verification under way, which then rejects. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running?.cancel();
  }
}
