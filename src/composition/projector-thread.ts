import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import {
  isToBuild,
  type ProjectionControl,
  type ProjectionLag,
  type ProjectionProgress,
  type VerificationReport,
} from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import type { GivenUp, ParkedEvent } from '../ports/read-model/documents.js';
import { lagOf } from '../projector/lag.js';
import { ProgressBoard } from '../projector/progress-board.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { resultOf, type Answer } from './answers.js';
import { assertSameBuild } from './build-record.js';
import { NewerEvents } from './newer-events.js';
import { ParkedNews } from './parked-news.js';
import type { Order, ProjectorReply, ProjectorRequest, Workplace } from './projector.worker.js';
import type { ProjectorLog } from './projector-log.js';
import { RebuilderThread } from './rebuilder-thread.js';
import { VerifierThread } from './verifier-thread.js';

export interface ProjectorThreadOptions {
  readonly workplace: Workplace;
  /** The log as this thread knows it; its bell is passed on. */
  readonly log: EventLog;
  readonly clock: Clock;
  readonly report: ProjectorLog;
  readonly telemetry: Telemetry;
}

interface Job {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The projector in a thread of its own, so that folding holds up neither requests nor appends. */
export class ProjectorThread implements ProjectionControl {
  private readonly board = new ProgressBoard();
  private readonly rebuilder: RebuilderThread;
  private readonly verifier: VerifierThread;
  private readonly jobs = new Map<number, Job>();
  private nextJob = 0;
  private isRunning = true;
  private hasRung = false;
  private readonly newer: NewerEvents;
  private readonly parkedNews: ParkedNews;
  /** When the thread last told how far it is, epoch milliseconds. */
  private heardAt: number;

  private constructor(
    private readonly worker: Worker,
    private readonly options: ProjectorThreadOptions,
  ) {
    const { clock, log, report, workplace } = options;
    this.heardAt = clock.now();
    this.newer = new NewerEvents(report);
    this.parkedNews = new ParkedNews(report);
    this.rebuilder = new RebuilderThread(workplace, report, () => {
      this.ring();
    });
    this.verifier = new VerifierThread(workplace);
    worker.on('message', (reply: ProjectorReply) => {
      this.receive(reply);
    });
    worker.on('exit', () => {
      this.isRunning = false;
      this.board.stopAll(clock.now());
      for (const { reject } of this.jobs.values()) reject(new Error('the projector has stopped'));
    });
    // Another store tells the thread itself.
    if (workplace.locations.log.kind !== 'embedded') return;
    log.onAppended(() => {
      this.ring();
    });
  }

  /** Resolves once every projection has its generation and folds; rejects if that cannot be. */
  static async start(options: ProjectorThreadOptions): Promise<ProjectorThread> {
    const url = new URL('./projector.worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: options.workplace });
    const thread = new ProjectorThread(worker, options);
    try {
      // Before how far they are it may tell that it folds some anew.
      while (thread.progress().length === 0) await once(worker, 'message');
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    // What failed before that is the caller's to tell.
    worker.on('error', (error) => {
      options.report.error(`the projector's thread failed: ${String(error)}`);
    });
    return thread;
  }

  progress(): readonly ProjectionProgress[] {
    return this.board.progress();
  }

  lag(): Promise<readonly ProjectionLag[]> {
    const { clock, log } = this.options;
    return lagOf({ progress: this.board.progress(), heardAt: this.heardAt }, log, clock);
  }

  async passed(
    names: readonly ProjectionName[],
    position: number,
    timeoutMs: number,
  ): Promise<void> {
    if (this.board.hasPassed(names, position)) return;
    if (position > (await this.options.log.head())) {
      throw new PlayheadError('READ_MODEL_BEHIND', 'read-after lies beyond the end of the log');
    }
    await this.board.passed(names, position, timeoutMs);
  }

  async rebuild(name: ProjectionName): Promise<void> {
    assertSameBuild();
    await this.order({ kind: 'begin', name, from: 'nothing' });
  }

  async rollBack(name: ProjectionName): Promise<void> {
    assertSameBuild();
    await this.order({ kind: 'begin', name, from: 'previous' });
  }

  async cancelRebuild(name: ProjectionName): Promise<void> {
    await this.order({ kind: 'cancel', name });
  }

  async parked(name: ProjectionName): Promise<readonly ParkedEvent[]> {
    return (await this.order({ kind: 'parked', name })) as readonly ParkedEvent[];
  }

  async retryParked(name: ProjectionName, giveUp?: GivenUp): Promise<void> {
    await this.order({ kind: 'retry', name, ...(giveUp && { giveUp }) });
  }

  verify(name: ProjectionName): Promise<VerificationReport> {
    return this.verifier.verify(name);
  }

  async retire(before: number): Promise<void> {
    await this.order({ kind: 'retire', before });
  }

  /** Finishes the batches under way and closes the stores. */
  async stop(): Promise<void> {
    await this.verifier.stop();
    await this.rebuilder.stop();
    if (!this.isRunning) return;
    const exited = once(this.worker, 'exit');
    this.send({ kind: 'stop' });
    await exited;
  }

  private order(order: Order): Promise<unknown> {
    if (!this.isRunning) return Promise.reject(new Error('the projector has stopped'));
    this.nextJob += 1;
    const job = this.nextJob;
    return new Promise((resolve, reject) => {
      this.jobs.set(job, { resolve, reject });
      this.send({ kind: 'order', order, job });
    });
  }

  /** Once is enough until the thread has looked at the log again, which it tells. */
  private ring(): void {
    if (this.hasRung) return;
    this.hasRung = true;
    this.send({ kind: 'ring' });
  }

  private send(request: ProjectorRequest): void {
    this.worker.postMessage(request);
  }

  private receive(reply: ProjectorReply): void {
    const { report, telemetry } = this.options;
    switch (reply.kind) {
      case 'progress':
        for (const commit of reply.commits) telemetry.committed(commit);
        this.postProgress(reply.progress);
        break;
      case 'answer':
        this.settle(reply.job, reply.answer);
        break;
      case 'slow':
        report.warn(reply.reason);
        break;
      case 'started-over':
        report.warn(`${reply.projection} is folded from the start of the log: ${reply.reason}`);
        break;
      case 'failure':
        if (reply.isFinal) report.error(reply.message);
        else report.warn(`${reply.message}; trying again`);
    }
  }

  private postProgress(progress: readonly ProjectionProgress[]): void {
    this.hasRung = false;
    this.newer.tell(progress);
    this.parkedNews.tell(progress);
    this.heardAt = this.options.clock.now();
    this.board.post(progress);
    if (isToBuild(progress)) this.rebuilder.start();
  }

  private settle(job: number, answer: Answer): void {
    const waiting = this.jobs.get(job);
    this.jobs.delete(job);
    try {
      waiting?.resolve(resultOf(answer));
    } catch (error) {
      waiting?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
