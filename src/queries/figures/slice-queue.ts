import { PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';

/** Runs a few questions at a time, in the order in which they came. */
export class SliceQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly answerMs: number;

  constructor(
    /** What a request has. */
    requestMs: number,
  ) {
    this.answerMs = Math.min(SHARE * requestMs, ANSWER_MS_MAX);
  }

  /**
   * Runs work in its turn; throws OVERLOADED if the turn is too far off. The signal of work that
   * takes too long, its wait included, is aborted with TIMEOUT. Work that is a part of a question
   * has the time of the whole: `askedAt` is when that was asked, by `performance.now()`. No part is
   * begun when the time is over.
   */
  async run<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    askedAt = performance.now(),
  ): Promise<Result> {
    const leftMs = (): number => this.answerMs - (performance.now() - askedAt);
    if (leftMs() <= 0) throw tookTooLong(this.answerMs);
    if (this.running >= AT_ONCE_MAX) await this.turn(leftMs());
    else this.running += 1;
    const end = new AbortController();
    const timer = setTimeout(() => {
      end.abort(tookTooLong(this.answerMs));
    }, leftMs());
    try {
      return await work(end.signal);
    } finally {
      clearTimeout(timer);
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  /** Waits until another question is done, and takes its place. */
  private turn(leftMs: number): Promise<void> {
    if (this.waiting.length >= WAITING_MAX) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.waiting.splice(this.waiting.indexOf(begin), 1);
          reject(overloaded());
        },
        Math.min(WAIT_SHARE * this.answerMs, leftMs),
      );
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.waiting.push(begin);
    });
  }
}

/** The most questions that are answered at a time. */
const AT_ONCE_MAX = 2;
/** The most questions that wait for their turn. */
const WAITING_MAX = 50;
/**
 * The time in which a question is answered or refused, as a share of the request's time. So the
 * client reads the reason before the request runs out of time, also after a wait for `read-after`.
 */
const SHARE = 0.8;
const ANSWER_MS_MAX = 25 * SECOND_MS;
/** The longest wait for a turn, as a share of that time. */
const WAIT_SHARE = 0.5;

const tookTooLong = (answerMs: number): PlayheadError =>
  new PlayheadError(
    'TIMEOUT',
    `summing up sessions took longer than ${String(answerMs / SECOND_MS)} s: choose a shorter ` +
      'range, or fewer filters and values',
  );

const RETRY_AFTER_SECONDS = 5;

const overloaded = (): PlayheadError =>
  new PlayheadError('OVERLOADED', 'too many figures wait to be summed up from sessions', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
