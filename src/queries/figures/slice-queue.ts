import { PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';

/** Questions that are worked out at a time. */
const AT_ONCE_MAX = 2;
/** Questions that wait for their turn. */
const WAITING_MAX = 50;
/** The longest time that a question waits for its turn. */
const WAIT_MS_MAX = 20 * SECOND_MS;
/** The longest time that a question is worked on: less than a request has. */
const WORK_MS_MAX = 25 * SECOND_MS;
const RETRY_AFTER_SECONDS = 5;

/** Lets some questions be worked out at a time, in the order in which they came. */
export class SliceQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * Does the work when it is its turn; throws OVERLOADED where that is too far off. Work that takes
   * too long is told so by its signal, whose reason is TIMEOUT.
   */
  async run<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.running >= AT_ONCE_MAX) await this.turn();
    else this.running += 1;
    const end = new AbortController();
    const timer = setTimeout(() => {
      end.abort(tookTooLong());
    }, WORK_MS_MAX);
    try {
      return await work(end.signal);
    } finally {
      clearTimeout(timer);
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Waits until another question is done, whose place it takes. */
  private turn(): Promise<void> {
    if (this.waiting.length >= WAITING_MAX) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(begin), 1);
        reject(overloaded());
      }, WAIT_MS_MAX);
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.waiting.push(begin);
    });
  }
}

const tookTooLong = (): PlayheadError =>
  new PlayheadError(
    'TIMEOUT',
    `summing up sessions took longer than ${String(WORK_MS_MAX / SECOND_MS)} s: choose a shorter ` +
      'range, or fewer filters and values',
  );

const overloaded = (): PlayheadError =>
  new PlayheadError('OVERLOADED', 'too many figures wait to be summed up from sessions', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
