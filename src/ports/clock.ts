/** The server's clock; a settable one in tests. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const CLOCK = Symbol('Clock');

/** Between which two times something lies, in milliseconds. */
export interface TimeBounds {
  readonly earliest: number;
  readonly latest: number;
}

/** The clock of a store's server. */
export interface StoreClock {
  /** Whose it is, for messages and metrics. */
  readonly store: string;
  /** What the clock showed when the server answered, epoch milliseconds; rejects if it did not. */
  read(): Promise<TimeBounds>;
}

/** Whether a node knows what time it is. */
export interface ClockCheck {
  /** Why the node cannot go by its clock, in a line; undefined if it can. */
  trouble(): string | undefined;
}

export const CLOCK_CHECK = Symbol('ClockCheck');
