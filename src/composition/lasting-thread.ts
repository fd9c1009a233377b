import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { MINUTE_MS, SECOND_MS } from '../domain/time.js';

/** Before a thread that died is started again, doubled with each death soon after the last. */
const RESTART_MS_MIN = SECOND_MS;
const RESTART_MS_MAX = MINUTE_MS;

/**
 * Memory of a thread that folds, in MiB. Where it needs more the thread ends, and is told of;
 * without a bound of its own the whole process would end.
 */
export const FOLDING_MEMORY = { maxOldGenerationSizeMb: 1_024 };

export interface LastingThreadOptions<Reply> {
  /** Makes the thread, anew after each death. */
  readonly create: () => Worker;
  readonly onMessage: (reply: Reply) => void;
  /** Told of a death: what it was at that may be to blame, and will not be for ever; '' if not. */
  readonly blame: () => string;
  /** Told why it died, and how soon it is started again. */
  readonly onDeath: (reason: string, restartMs: number) => void;
}

/** A thread that is started again when it dies. */
export class LastingThread<Request, Reply> {
  private worker: Worker | undefined;
  private isLasting = false;
  private restartMs = RESTART_MS_MIN;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LastingThreadOptions<Reply>) {}

  /** Starts it; rejects if it dies before it is up, which every message may tell. */
  async start(isUp: () => boolean): Promise<void> {
    const worker = this.run();
    try {
      while (!isUp()) await once(worker, 'message');
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    this.isLasting = true;
  }

  get isRunning(): boolean {
    return this.worker !== undefined;
  }

  /** Is lost on a thread that is dead: what starts again looks at everything anew. */
  send(request: Request): void {
    this.worker?.postMessage(request);
  }

  /** Asks it to end, and waits until it has. */
  async stop(request: Request): Promise<void> {
    this.isLasting = false;
    clearTimeout(this.timer);
    if (this.worker === undefined) return;
    const exited = once(this.worker, 'exit');
    this.send(request);
    await exited;
  }

  private run(): Worker {
    const { create, onMessage } = this.options;
    const worker = create();
    const startedAt = performance.now();
    let reason = 'it ended without a word';
    this.worker = worker;
    worker.on('message', onMessage);
    worker.on('error', (error) => {
      reason = String(error);
    });
    worker.on('exit', () => {
      this.worker = undefined;
      if (this.isLasting) this.startAgain(reason, performance.now() - startedAt);
    });
    return worker;
  }

  private startAgain(reason: string, livedMs: number): void {
    const blamed = this.options.blame();
    if (livedMs > RESTART_MS_MAX || blamed !== '') this.restartMs = RESTART_MS_MIN;
    const { restartMs } = this;
    this.restartMs = Math.min(RESTART_MS_MAX, 2 * restartMs);
    this.timer = setTimeout(() => this.run(), restartMs);
    this.options.onDeath(`${reason}${blamed}`, restartMs);
  }
}
