import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS } from '../../domain/time.js';

/**
 * Looks at something at intervals for all its watchers, and hands on what has changed. Without
 * watchers it does not look.
 */
export class Feed<Image, Subject = never> {
  private readonly watchers = new Map<Watcher<Image, unknown>, Subject | undefined>();
  /**
   * The async scope of the looks, which belong to no request, though a request may have started
   * them.
   */
  private readonly scope = new AsyncResource('Feed');
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** Makes an image; gets the subjects that watchers have named. */
    private readonly look: (subjects: readonly Subject[]) => Promise<Image>,
    /** The least time in milliseconds between two looks. */
    private readonly restMs: number,
  ) {}

  /**
   * Returns the values for a watcher: first that of its known image or of the next look, then each
   * with another mark. A watcher that does not take a value in time gets the newest one. Throws
   * what a look throws. `seenIn` returns undefined for an image that was made for others.
   */
  watch<Value>(
    seenIn: (image: Image) => Seen<Value> | undefined,
    interest?: Interest<Image, Subject>,
  ): AsyncIterableIterator<Value> {
    const watcher = new Watcher(seenIn, () => {
      this.leave(watcher);
    });
    this.watchers.set(watcher, interest?.subject);
    if (interest !== undefined) watcher.show(interest.first);
    if (!this.isLooking && this.timer === undefined) {
      if (interest === undefined) this.begin();
      else this.rest(this.restMs);
    }
    return watcher;
  }

  private begin(): void {
    this.scope.runInAsyncScope(() => void this.round());
  }

  private async round(): Promise<void> {
    this.timer = undefined;
    this.isLooking = true;
    const begin = performance.now();
    let lookedMs = 0;
    try {
      const image = await this.look(this.subjects());
      lookedMs = performance.now() - begin;
      await this.show(image);
    } catch (error) {
      for (const watcher of this.watchers.keys()) watcher.fail(error);
    }
    this.isLooking = false;
    if (this.watchers.size === 0) return;
    const leftMs = APART_MS_MAX - (performance.now() - begin);
    this.rest(Math.max(this.restMs, Math.min(REST_TIMES * lookedMs, leftMs)));
  }

  /**
   * Shows an image to all watchers, one by one. Making the value for each takes time, which must
   * not hold up requests.
   */
  private async show(image: Image): Promise<void> {
    let isFirst = true;
    for (const watcher of this.watchers.keys()) {
      if (!isFirst) await pause(BETWEEN_MS);
      isFirst = false;
      watcher.show(image);
    }
  }

  private rest(ms: number): void {
    this.timer = setTimeout(() => {
      this.begin();
    }, ms);
  }

  private subjects(): readonly Subject[] {
    return [...this.watchers.values()].filter((subject) => subject !== undefined);
  }

  private leave(watcher: Watcher<Image, unknown>): void {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** A value for a subscriber. It is news to the subscriber only if its mark has changed. */
export interface Seen<Value> {
  readonly value: Value;
  readonly mark: string;
}

/** The interest of one watcher. */
interface Interest<Image, Subject> {
  readonly subject: Subject;
  /** The image that is known already; with one, the first look is not at once. */
  readonly first: Image;
}

/**
 * The time in milliseconds between showing an image to one watcher and to the next, so that
 * requests come in between.
 */
const BETWEEN_MS = 2;
/** The rest between two looks, as a multiple of the time that a look took. */
const REST_TIMES = 20;
/**
 * The longest time from the begin of a look to that of the next, unless the least rest is longer: a
 * look at who watches sees the latest three minutes of the clock, and what lies between two looks
 * has to be among them, else it would have to be counted from all sessions.
 */
const APART_MS_MAX = MINUTE_MS;

const DONE = { done: true, value: undefined } as const;

interface Waiting<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: unknown): void;
}

/** A watcher of a feed; it keeps one value at most. */
class Watcher<Image, Value> implements AsyncIterableIterator<Value> {
  private mark: string | undefined;
  private kept: { readonly value: Value } | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isOver = false;
  private waiting: Waiting<Value> | undefined;

  constructor(
    private readonly seenIn: (image: Image) => Seen<Value> | undefined,
    private readonly leave: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  show(image: Image): void {
    try {
      const seen = this.seenIn(image);
      if (seen === undefined || seen.mark === this.mark) return;
      const { value, mark } = seen;
      this.mark = mark;
      if (this.waiting === undefined) this.kept = { value };
      else
        this.settle((waiting) => {
          waiting.resolve({ done: false, value });
        });
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.end();
    if (this.waiting === undefined) this.failure = { error };
    else
      this.settle((waiting) => {
        waiting.reject(error);
      });
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    const { kept, failure } = this;
    this.kept = undefined;
    if (kept !== undefined) return { done: false, value: kept.value };
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
    if (this.isOver) return DONE;
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Value, undefined>> {
    this.end();
    this.kept = undefined;
    this.settle((waiting) => {
      waiting.resolve(DONE);
    });
    return Promise.resolve(DONE);
  }

  private end(): void {
    this.isOver = true;
    this.leave();
  }

  private settle(how: (waiting: Waiting<Value>) => void): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }
}
