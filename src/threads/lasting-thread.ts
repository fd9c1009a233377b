import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { backOffMs, type BackOff } from '../domain/back-off.js';
import { MINUTE_MS, SECOND_MS } from '../domain/time.js';
import { CalledThread } from './called-thread.js';
import type { Callable } from './worker-call.js';

/** A thread that is started again when it dies. */
export class LastingThread<Functions extends Callable<Functions>, News, Signal extends string> {
  /** The thread; undefined while it is dead. */
  running: CalledThread<Functions, News, Signal> | undefined;
  private isLasting = false;
  private deathsInARow = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LastingThreadOptions<News>) {}

  /**
   * Starts the thread and waits until it is up; rejects if it dies before. It asks `isUp` after
   * each message.
   */
  async start(isUp: () => boolean): Promise<void> {
    const worker = this.options.create();
    this.run(worker);
    try {
      while (!isUp()) await once(worker, 'message');
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    this.isLasting = true;
  }

  /** Lets the thread finish its work, and waits until it has ended. */
  async stop(): Promise<void> {
    this.isLasting = false;
    clearTimeout(this.timer);
    await this.running?.stop();
  }

  private run(worker: Worker): void {
    const startedAt = performance.now();
    this.running = new CalledThread(worker, this.options.onNews);
    void this.running.ended.then((death = 'it ended without a word') => {
      this.running = undefined;
      if (this.isLasting) this.startAgain(String(death), performance.now() - startedAt);
    });
  }

  private startAgain(reason: string, livedMs: number): void {
    const { blame, create, onDeath } = this.options;
    const blamed = blame();
    if (livedMs > RESTART.maxMs || blamed !== '') this.deathsInARow = 0;
    const restartMs = backOffMs(RESTART, this.deathsInARow);
    this.deathsInARow += 1;
    this.timer = setTimeout(() => {
      this.run(create());
    }, restartMs);
    onDeath(`${reason}${blamed}`, restartMs);
  }
}

/** The wait before a dead thread starts again; each death soon after the last doubles it. */
const RESTART: BackOff = { minMs: SECOND_MS, maxMs: MINUTE_MS };

export interface LastingThreadOptions<News> {
  /** Makes the thread, anew after each death. */
  readonly create: () => Worker;
  readonly onNews: (news: News) => void;
  /** Called at a death: returns the work that is to blame and will be avoided, or ''. */
  readonly blame: () => string;
  /**
   * Called with the reason when the thread died, and the milliseconds until it is started again.
   */
  readonly onDeath: (reason: string, restartMs: number) => void;
}
