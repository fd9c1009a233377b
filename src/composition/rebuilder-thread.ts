import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Seldom } from '../telemetry/seldom.js';
import type { ProjectionName } from '../ports/projection.js';
import { assertSameBuild } from './build-record.js';
import { FoldDeaths } from './deadly-events.js';
import { FOLDING_MEMORY } from './lasting-thread.js';
import type { ProjectorLog } from './projector-log.js';
import type { Workplace } from './projector.worker.js';
import type { RebuilderReply, RebuildWorkplace } from './rebuilder.worker.js';

/**
 * Room for the objects of a whole batch. With less they are moved about while it lasts, by helper
 * threads that all threads share: those have nobody's priority but the server's.
 */
const YOUNG_GENERATION_MIB = 96;

/** Rebuilds in a thread of their own, which is there only while there is something to build. */
export class RebuilderThread {
  private worker: Worker | undefined;
  private readonly seldom = new Seldom();
  private readonly deaths = new FoldDeaths();
  private givesWay = false;
  private isStopping = false;
  private isOutdated = false;

  constructor(
    private readonly workplace: Workplace,
    private readonly report: ProjectorLog,
    /** Called when a generation waits to be joined. */
    private readonly onOffer: () => void,
  ) {}

  /**
   * Starts the thread, unless it runs already, for what is waited for if there is any. One that
   * gives way to everybody makes room for that: its priority cannot be raised again.
   */
  start(waitedFor: readonly ProjectionName[]): void {
    if (this.worker !== undefined && this.givesWay && waitedFor.length > 0) {
      this.worker.postMessage('stop');
    }
    if (this.worker !== undefined || this.isStopping || this.isOutdated) return;
    try {
      assertSameBuild();
    } catch (error) {
      this.isOutdated = true;
      this.report.error(`nothing is rebuilt: ${String(error)}`);
      return;
    }
    const url = new URL('./rebuilder.worker.js', import.meta.url);
    const workplace: RebuildWorkplace = {
      ...this.workplace,
      owner: `${this.workplace.owner}/rebuild`,
      place: this.deaths.place(),
      waitedFor,
    };
    const worker = new Worker(url, {
      workerData: workplace,
      resourceLimits: { ...FOLDING_MEMORY, maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    });
    this.worker = worker;
    this.givesWay = waitedFor.length === 0;
    worker.on('message', (reply: RebuilderReply) => {
      this.receive(reply);
    });
    worker.on('error', (error) => {
      const reason = `the rebuild's thread died: ${String(error)}${this.deaths.note()}`;
      if (this.seldom.may(reason)) {
        this.report.error(`${reason}; another one goes on from its last commit`);
      }
    });
    worker.on('exit', () => {
      this.worker = undefined;
    });
  }

  /** Finishes the batch under way; a later start goes on from there. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.worker === undefined) return;
    const exited = once(this.worker, 'exit');
    this.worker.postMessage('stop');
    await exited;
  }

  private receive(reply: RebuilderReply): void {
    if (reply.kind === 'offered') {
      this.report.info(`${reply.projection} is built anew, and comes in next`);
      this.onOffer();
    } else if (reply.isFinal) this.report.error(reply.message);
    else if (this.seldom.may(reply.message)) {
      this.report.warn(`${reply.message}; the rebuild goes on when a try again succeeds`);
    }
  }
}
