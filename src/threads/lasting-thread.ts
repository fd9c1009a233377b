import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { MINUTE_MS, SECOND_MS } from '../domain/time.js';
import { CalledThread } from './called-thread.js';
import type { Callable } from './worker-call.js';

/** Before a thread that died is started again, doubled with each death soon after the last. */
const RESTART_MS_MIN = SECOND_MS;
const RESTART_MS_MAX = MINUTE_MS;

export interface LastingThreadOptions<News> {
  /** Makes the thread, anew after each death. */
  readonly create: () => Worker;
  readonly onNews: (news: News) => void;
  /** Told of a death: what it was at that may be to blame, and will not be for ever; '' if not. */
  readonly blame: () => string;
  /** Told why it died, and how soon it is started again. */
  readonly onDeath: (reason: string, restartMs: number) => void;
}

/** A thread that is started again when it dies. */
export class LastingThread<Functions extends Callable<Functions>, News, Signal extends string> {
  /** Undefined while it is dead. */
  running: CalledThread<Functions, News, Signal> | undefined;
  private isLasting = false;
  private restartMs = RESTART_MS_MIN;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LastingThreadOptions<News>) {}

  /** Starts it; rejects if it dies before it is up, which each of its news may tell. */
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

  /** Lets it finish what is under way, and waits until it has ended. */
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
    if (livedMs > RESTART_MS_MAX || blamed !== '') this.restartMs = RESTART_MS_MIN;
    const { restartMs } = this;
    this.restartMs = Math.min(RESTART_MS_MAX, 2 * restartMs);
    this.timer = setTimeout(() => {
      this.run(create());
    }, restartMs);
    onDeath(`${reason}${blamed}`, restartMs);
  }
}
