import type { OperatorLog } from '../ports/operator-log.js';
import type { ProjectionName } from '../ports/projection.js';
import { Seldom } from '../telemetry/seldom.js';
import { assertSameBuild } from './same-build.js';
import { CalledThread } from './called-thread.js';
import { FoldDeaths } from './deadly-events.js';
import type { Workers } from './workers.js';

/** Runs rebuilds in a thread of their own, which lives only while there is something to build. */
export class RebuilderThread {
  private running: CalledThread<object, RebuilderNews> | undefined;
  private readonly seldom = new Seldom();
  private readonly deaths = new FoldDeaths();
  private hasLowPriority = false;
  private isStopping = false;
  private isOutdated = false;

  constructor(
    private readonly workers: Pick<Workers, 'rebuild'>,
    private readonly operatorLog: OperatorLog,
    /** Called when a ready generation waits to be joined. */
    private readonly onOffer: () => void,
  ) {}

  /**
   * Starts the thread, unless it runs already, for the projections that are waited for, if any. A
   * running thread of low priority is ended for them, as its priority cannot be raised again.
   */
  start(waitedFor: readonly ProjectionName[]): void {
    if (this.hasLowPriority && waitedFor.length > 0) this.running?.signal('stop');
    if (this.running !== undefined || this.isStopping || this.isOutdated) return;
    try {
      assertSameBuild();
    } catch (error) {
      this.isOutdated = true;
      this.operatorLog.error(`nothing is rebuilt: ${String(error)}`);
      return;
    }
    const worker = this.workers.rebuild(this.deaths.sharedFold(), waitedFor);
    this.hasLowPriority = waitedFor.length === 0;
    this.running = new CalledThread(worker, (news) => {
      this.receive(news);
    });
    void this.running.ended.then((death) => {
      this.running = undefined;
      if (death !== undefined) this.mourn(death);
    });
  }

  /** Finishes the batch under way; a later start goes on from there. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running?.stop();
  }

  private mourn(death: unknown): void {
    const reason = `the rebuild's thread died: ${String(death)}${this.deaths.note()}`;
    if (!this.seldom.may(reason)) return;
    this.operatorLog.error(`${reason}; another one goes on from its last commit`);
  }

  private receive(news: RebuilderNews): void {
    if (news.kind === 'offered') {
      this.operatorLog.info(`${news.projection} is built anew, and comes in next`);
      this.onOffer();
    } else if (news.isFinal) this.operatorLog.error(news.message);
    else if (this.seldom.may(news.message)) {
      this.operatorLog.warn(`${news.message}; the rebuild goes on when a try again succeeds`);
    }
  }
}

/** The messages of the thread, which ends by itself when nothing is left to build. */
export type RebuilderNews =
  | { readonly kind: 'offered'; readonly projection: string }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean };
