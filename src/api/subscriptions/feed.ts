import { AsyncResource } from 'node:async_hooks';

/** A value for a subscriber; while the mark is the same, nothing has changed for that one. */
interface Seen<Value> {
  readonly value: Value;
  readonly mark: string;
}

/**
 * Looks at something once in a while for all who watch it, and hands on what has changed. While
 * nobody watches, it does not look.
 */
export class Feed<Image> {
  private readonly watchers = new Set<Watcher<Image, unknown>>();
  /** The looks belong to no request, though a request may have been the reason to begin. */
  private readonly scope = new AsyncResource('Feed');
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly look: () => Promise<Image>,
    /** The time in milliseconds between two looks. */
    private readonly restMs: number,
  ) {}

  /**
   * Returns the values of a watcher: that of the next look, then each that has another mark. A
   * watcher that does not take a value in time gets the newest one. Throws what a look throws.
   */
  watch<Value>(seenIn: (image: Image) => Seen<Value>): AsyncIterableIterator<Value> {
    const watcher = new Watcher(seenIn, () => {
      this.leave(watcher);
    });
    this.watchers.add(watcher);
    if (!this.isLooking && this.timer === undefined) this.begin();
    return watcher;
  }

  private begin(): void {
    this.scope.runInAsyncScope(() => void this.round());
  }

  private async round(): Promise<void> {
    this.timer = undefined;
    this.isLooking = true;
    try {
      const image = await this.look();
      for (const watcher of this.watchers) watcher.show(image);
    } catch (error) {
      for (const watcher of this.watchers) watcher.fail(error);
    }
    this.isLooking = false;
    if (this.watchers.size === 0) return;
    this.timer = setTimeout(() => {
      this.begin();
    }, this.restMs);
  }

  private leave(watcher: Watcher<Image, unknown>): void {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

const DONE = { done: true, value: undefined } as const;

interface Waiting<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: unknown): void;
}

/** One who watches a feed; it keeps one value at most. */
class Watcher<Image, Value> implements AsyncIterableIterator<Value> {
  private mark: string | undefined;
  private kept: { readonly value: Value } | undefined;
  private failure: { readonly error: unknown } | undefined;
  private isOver = false;
  private waiting: Waiting<Value> | undefined;

  constructor(
    private readonly seenIn: (image: Image) => Seen<Value>,
    private readonly leave: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  show(image: Image): void {
    try {
      const { value, mark } = this.seenIn(image);
      if (mark === this.mark) return;
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
