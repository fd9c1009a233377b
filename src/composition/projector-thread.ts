import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type {
  ProjectionControl,
  ProjectionLag,
  ProjectionProgress,
} from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import { ProgressBoard } from '../projector/progress-board.js';
import type { ProjectorReply, ProjectorRequest, ProjectorWorkerData } from './projector.worker.js';

export interface ProjectorThreadOptions extends ProjectorWorkerData {
  /** The log as this thread knows it; its bell is passed on. */
  readonly log: EventLog;
  readonly clock: Clock;
  readonly onFailure: (message: string, isFinal: boolean) => void;
}

interface Job {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The projector in a thread of its own, so that folding holds up neither requests nor appends. */
export class ProjectorThread implements ProjectionControl {
  private readonly board = new ProgressBoard();
  private readonly jobs = new Map<number, Job>();
  private nextJob = 0;
  private isRunning = true;
  private hasRung = false;

  private constructor(
    private readonly worker: Worker,
    private readonly options: ProjectorThreadOptions,
  ) {
    worker.on('message', (reply: ProjectorReply) => {
      this.receive(reply);
    });
    worker.on('error', (error) => {
      options.onFailure(`the projector's thread failed: ${String(error)}`, true);
    });
    worker.on('exit', () => {
      this.isRunning = false;
      this.board.stopAll(options.clock.now());
      for (const { reject } of this.jobs.values()) reject(new Error('the projector has stopped'));
    });
    options.log.onAppended(() => {
      this.ring();
    });
  }

  /** Resolves once every projection has its generation and folds. */
  static async start(options: ProjectorThreadOptions): Promise<ProjectorThread> {
    const { storeId, logPath, readModelFolder } = options;
    const workerData: ProjectorWorkerData = { storeId, logPath, readModelFolder };
    const url = new URL('./projector.worker.js', import.meta.url);
    const worker = new Worker(url, { workerData });
    const thread = new ProjectorThread(worker, options);
    await once(worker, 'message');
    return thread;
  }

  progress(): readonly ProjectionProgress[] {
    return this.board.progress();
  }

  lag(): Promise<readonly ProjectionLag[]> {
    return Promise.all(
      this.board.progress().map(async (progress) => {
        const { scanned, behindSince } = progress;
        const lagMs = behindSince === undefined ? 0 : this.options.clock.now() - behindSince;
        const lagEvents = await this.options.log.countAfter(scanned);
        return { ...progress, lagSeconds: Math.max(0, lagMs) / SECOND_MS, lagEvents };
      }),
    );
  }

  async passed(
    names: readonly ProjectionName[],
    position: number,
    timeoutMs: number,
  ): Promise<void> {
    if (position > (await this.options.log.head())) {
      throw new PlayheadError('READ_MODEL_BEHIND', 'read-after lies beyond the end of the log');
    }
    await this.board.passed(names, position, timeoutMs);
  }

  retire(before: number): Promise<void> {
    if (!this.isRunning) return Promise.reject(new Error('the projector has stopped'));
    this.nextJob += 1;
    const job = this.nextJob;
    return new Promise((resolve, reject) => {
      this.jobs.set(job, { resolve, reject });
      this.send({ kind: 'retire', before, job });
    });
  }

  /** Finishes the batch under way and closes the files. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.worker, 'exit');
    this.send({ kind: 'stop' });
    await exited;
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
    if (reply.kind === 'progress') this.postProgress(reply.progress);
    else if (reply.kind === 'failure') this.options.onFailure(reply.message, reply.isFinal);
    else this.settle(reply);
  }

  private postProgress(progress: readonly ProjectionProgress[]): void {
    this.hasRung = false;
    this.board.post(progress);
  }

  private settle({ job, failure }: Extract<ProjectorReply, { kind: 'retired' }>): void {
    const waiting = this.jobs.get(job);
    this.jobs.delete(job);
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(new Error(failure));
  }
}
