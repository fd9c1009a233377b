import type { Worker } from 'node:worker_threads';
import {
  resultOf,
  type Callable,
  type FromWorker,
  type Request,
  type ToWorker,
} from './worker-call.js';

/**
 * A thread whose functions are called as if they were local: the result or error of a function
 * comes back, an error with its code. The thread answers by `answerCalls`.
 */
export class CalledThread<
  Functions extends Callable<Functions>,
  News = never,
  Signal extends string = 'stop',
> {
  /** Resolves when the thread has ended; to the error, if it died. */
  readonly ended: Promise<unknown>;
  hasEnded = false;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  constructor(
    private readonly worker: Worker,
    /** Receives the messages that answer no call. */
    onNews: (news: News) => void = () => undefined,
  ) {
    worker.on('message', (message: FromWorker<News>) => {
      if ('news' in message) onNews(message.news);
      else this.settle(message);
    });
    this.ended = new Promise((resolve) => {
      let death: unknown;
      worker.on('error', (error) => {
        death = error;
      });
      worker.on('exit', () => {
        this.hasEnded = true;
        for (const { reject } of this.waiting.values()) reject(death ?? hasEnded());
        resolve(death);
      });
    });
  }

  /** Calls a function; rejects if the thread ends before it has answered. */
  call<Kind extends keyof Functions>(
    request: Request<Functions, Kind>,
  ): Promise<Awaited<ReturnType<Functions[Kind]>>> {
    if (this.hasEnded) return Promise.reject(hasEnded());
    this.calls += 1;
    const { calls: call } = this;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.post({ call, request });
    });
  }

  /** Sends the thread a signal, which has no answer; a thread that has ended does not get it. */
  signal(signal: Signal | 'stop'): void {
    this.post({ signal });
  }

  /** Tells the thread to end after its present work, and waits until it has ended. */
  async stop(): Promise<void> {
    this.signal('stop');
    await this.ended;
  }

  /** Ends the thread amid its work; calls that it has not answered are rejected. */
  async cancel(): Promise<void> {
    await this.worker.terminate();
  }

  private post(message: ToWorker<Signal>): void {
    this.worker.postMessage(message);
  }

  private settle({ call, answer }: Extract<FromWorker, { call: number }>): void {
    const waiting = this.waiting.get(call);
    this.waiting.delete(call);
    try {
      waiting?.resolve(resultOf(answer) as never);
    } catch (error) {
      waiting?.reject(error);
    }
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

const hasEnded = (): Error => new Error('the thread that was called has ended');
