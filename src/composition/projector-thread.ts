import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import {
  toBuild,
  type ProjectionControl,
  type ProjectionLag,
  type ProjectionProgress,
  type VerificationReport,
} from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import type { GivenUp, ParkedEvent } from '../ports/read-model/documents.js';
import { lagOf } from '../projector/lag.js';
import { ProgressBoard } from '../projector/progress-board.js';
import { Seldom } from '../telemetry/seldom.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { resultOf, type Answer } from './answers.js';
import { assertSameBuild } from './build-record.js';
import { FoldDeaths } from './deadly-events.js';
import { FOLDING_MEMORY, LastingThread } from './lasting-thread.js';
import { NewerEvents } from './newer-events.js';
import { ParkedNews } from './parked-news.js';
import type {
  FoldingWorkplace,
  Order,
  ProjectorReply,
  ProjectorRequest,
  Workplace,
} from './projector.worker.js';
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
  private readonly thread: LastingThread<ProjectorRequest, ProjectorReply>;
  private readonly deaths = new FoldDeaths();
  private hasRung = false;
  private readonly newer: NewerEvents;
  private readonly parkedNews: ParkedNews;
  private readonly seldom = new Seldom();
  /** When the thread last told how far it is, epoch milliseconds. */
  private heardAt: number;

  private constructor(private readonly options: ProjectorThreadOptions) {
    const { clock, log, report, workplace } = options;
    this.heardAt = clock.now();
    this.newer = new NewerEvents(report);
    this.parkedNews = new ParkedNews(report);
    this.rebuilder = new RebuilderThread(workplace, report, () => {
      this.ring();
    });
    this.verifier = new VerifierThread(workplace);
    this.thread = new LastingThread({
      create: () =>
        new Worker(new URL('./projector.worker.js', import.meta.url), {
          workerData: { ...workplace, place: this.deaths.place() } satisfies FoldingWorkplace,
          resourceLimits: FOLDING_MEMORY,
        }),
      onMessage: (reply) => {
        this.receive(reply);
      },
      blame: () => this.deaths.note(),
      onDeath: (reason, restartMs) => {
        this.mourn(reason, restartMs);
      },
    });
    // Another store tells the thread itself.
    if (workplace.locations.log.kind !== 'embedded') return;
    log.onAppended(() => {
      this.ring();
    });
  }

  /** Resolves once every projection has its generation and folds; rejects if that cannot be. */
  static async start(options: ProjectorThreadOptions): Promise<ProjectorThread> {
    const projector = new ProjectorThread(options);
    // Before how far they are it may tell that it folds some anew.
    await projector.thread.start(() => projector.progress().length > 0);
    return projector;
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
    await this.thread.stop({ kind: 'stop' });
    this.rejectJobs();
  }

  /** Until it is back nothing is folded, which readiness says. */
  private mourn(reason: string, restartMs: number): void {
    const { clock, report } = this.options;
    report.error(
      `the projector's thread died: ${reason}; it is started again in ` +
        `${String(restartMs / SECOND_MS)} s, and the figures stand still meanwhile`,
    );
    this.hasRung = false;
    this.board.stopAll(clock.now());
    this.rejectJobs();
  }

  private rejectJobs(): void {
    for (const { reject } of this.jobs.values()) reject(new Error('the projector has stopped'));
    this.jobs.clear();
  }

  private order(order: Order): Promise<unknown> {
    if (!this.thread.isRunning) return Promise.reject(new Error('the projector has stopped'));
    this.nextJob += 1;
    const job = this.nextJob;
    return new Promise((resolve, reject) => {
      this.jobs.set(job, { resolve, reject });
      this.thread.send({ kind: 'order', order, job });
    });
  }

  /** Once is enough until the thread has looked at the log again, which it tells. */
  private ring(): void {
    if (this.hasRung) return;
    this.hasRung = true;
    this.thread.send({ kind: 'ring' });
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
        else if (this.seldom.may(reply.message)) {
          report.warn(`${reply.message}; read models stand still until a try again succeeds`);
        }
    }
  }

  private postProgress(progress: readonly ProjectionProgress[]): void {
    this.hasRung = false;
    this.newer.tell(progress);
    this.parkedNews.tell(progress);
    this.heardAt = this.options.clock.now();
    this.board.post(progress);
    const wanted = toBuild(progress);
    if (wanted.length === 0) return;
    // Where nothing else serves, readiness waits for it.
    const isWaitedFor = ({ servesFrom }: ProjectionProgress): boolean => servesFrom === Infinity;
    this.rebuilder.start(wanted.filter(isWaitedFor).map(({ name }) => name));
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
