import { PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type { OperatorLog } from '../ports/operator-log.js';
import type {
  OrderFunctions,
  OrderKind,
  OrderResult,
  ProjectionAdministration,
  ProjectionOrder,
  ProjectionOrders,
} from '../ports/projection-administration.js';
import {
  toBuild,
  type ProjectionControl,
  type ProjectionLag,
  type ProjectionProgress,
} from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import { lagOf } from '../projector/lag.js';
import { ProgressBoard } from '../projector/progress-board.js';
import type { CommitMeasurement } from '../telemetry/metered-read-model-writer.js';
import { Seldom } from '../telemetry/seldom.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { assertSameBuild } from './same-build.js';
import { FoldDeaths } from './deadly-events.js';
import { LastingThread } from './lasting-thread.js';
import { NewerEventNews } from './newer-event-news.js';
import { ParkedNews } from './parked-news.js';
import { RebuilderThread } from './rebuilder-thread.js';
import { VerifierThread } from './verifier-thread.js';
import type { Workers } from './workers.js';

/**
 * Runs the projector in a thread of its own, so that folding holds up neither requests nor appends.
 */
export class ProjectorThread implements ProjectionControl, ProjectionAdministration {
  private readonly board = new ProgressBoard();
  private readonly rebuilder: RebuilderThread;
  private readonly verifier: VerifierThread;
  private readonly thread: LastingThread<ProjectionOrders, ProjectorNews, 'wake'>;
  private readonly deaths = new FoldDeaths();
  /** Functions for the orders that the projector does not carry out itself. */
  private readonly elsewhere: Partial<OrderFunctions> = {
    verify: (order) => this.verifier.verify(order),
  };
  private isWoken = false;
  private readonly newer: NewerEventNews;
  private readonly parkedNews: ParkedNews;
  private readonly seldom = new Seldom();
  /** The time when the thread last told its progress, in epoch milliseconds. */
  private heardAt: number;

  private constructor(private readonly options: ProjectorThreadOptions) {
    const { clock, log, passesWakeUpsOn, operatorLog, workers } = options;
    this.heardAt = clock.now();
    this.newer = new NewerEventNews(operatorLog);
    this.parkedNews = new ParkedNews(operatorLog);
    this.rebuilder = new RebuilderThread(workers, operatorLog, () => {
      this.wake();
    });
    this.verifier = new VerifierThread(workers);
    this.thread = new LastingThread({
      create: () => workers.project(this.deaths.sharedFold(), this.progress().length > 0),
      onNews: (news) => {
        this.receive(news);
      },
      blame: () => this.deaths.note(),
      onDeath: (reason, restartMs) => {
        this.mourn(reason, restartMs);
      },
    });
    if (!passesWakeUpsOn) return;
    log.onAppended(() => {
      this.wake();
    });
  }

  /** Resolves once every projection has its generation and folds; rejects if that fails. */
  static async start(options: ProjectorThreadOptions): Promise<ProjectorThread> {
    const projector = new ProjectorThread(options);
    // Before its first progress, the thread may tell that it folds a projection anew.
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

  async carryOut<Kind extends OrderKind>(order: ProjectionOrder<Kind>): Promise<OrderResult<Kind>> {
    const elsewhere = this.elsewhere[order.kind];
    if (elsewhere !== undefined) return elsewhere(order);
    if (STARTING_A_REBUILD.has(order.kind)) assertSameBuild();
    if (this.thread.running === undefined) throw new Error('the projector has stopped');
    return this.thread.running.call(order);
  }

  /** Finishes the batches under way and closes the stores. */
  async stop(): Promise<void> {
    await this.verifier.stop();
    await this.rebuilder.stop();
    await this.thread.stop();
  }

  /** Reports the death. Until the thread is back nothing is folded, which readiness says. */
  private mourn(reason: string, restartMs: number): void {
    const { clock, operatorLog } = this.options;
    operatorLog.error(
      `the projector's thread died: ${reason}; it is started again in ` +
        `${String(restartMs / SECOND_MS)} s, and the figures stand still meanwhile`,
    );
    this.isWoken = false;
    this.board.stopAll(clock.now());
  }

  /** Wakes the thread. One wake-up is enough until the thread tells new progress. */
  private wake(): void {
    if (this.isWoken) return;
    this.isWoken = true;
    this.thread.running?.signal('wake');
  }

  private receive(news: ProjectorNews): void {
    const { operatorLog, telemetry } = this.options;
    switch (news.kind) {
      case 'progress':
        for (const commit of news.commits) telemetry.committed(commit);
        this.postProgress(news.progress);
        break;
      case 'slow':
        operatorLog.warn(news.reason);
        break;
      case 'started-over':
        operatorLog.warn(`${news.projection} is folded from the start of the log: ${news.reason}`);
        break;
      case 'failure':
        if (news.isFinal) operatorLog.error(news.message);
        else if (this.seldom.may(news.message)) {
          operatorLog.warn(`${news.message}; read models stand still until a try again succeeds`);
        }
    }
  }

  private postProgress(progress: readonly ProjectionProgress[]): void {
    this.isWoken = false;
    this.newer.tell(progress);
    this.parkedNews.tell(progress);
    this.heardAt = this.options.clock.now();
    this.board.post(progress);
    const wanted = toBuild(progress);
    if (wanted.length === 0) return;
    // Readiness waits for a projection that nothing else serves.
    const isWaitedFor = ({ servesFrom }: ProjectionProgress): boolean => servesFrom === Infinity;
    this.rebuilder.start(wanted.filter(isWaitedFor).map(({ name }) => name));
  }
}

/** The messages of the thread. */
export type ProjectorNews =
  | {
      readonly kind: 'progress';
      readonly progress: readonly ProjectionProgress[];
      /** The commits since the last message. */
      readonly commits: readonly CommitMeasurement[];
    }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean }
  | { readonly kind: 'slow'; readonly reason: string }
  | { readonly kind: 'started-over'; readonly projection: string; readonly reason: string };

export interface ProjectorThreadOptions {
  readonly workers: Workers;
  /** The log as the main thread knows it. */
  readonly log: EventLog;
  /** Says whether the main thread wakes the thread at appends. Some stores do that themselves. */
  readonly passesWakeUpsOn: boolean;
  readonly clock: Clock;
  readonly operatorLog: OperatorLog;
  readonly telemetry: Telemetry;
}

/** The orders after which the thread of the rebuilds may have to start. */
const STARTING_A_REBUILD: ReadonlySet<OrderKind> = new Set(['rebuild', 'rollBack']);
