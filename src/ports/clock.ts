/** The server's clock; tests use a clock that they can set. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const CLOCK = Symbol('Clock');

/** Two times in milliseconds between which a value lies. */
export interface TimeBounds {
  readonly earliest: number;
  readonly latest: number;
}

/** The clock of a store's server. */
export interface StoreClock {
  /** The name of the store, for messages and metrics. */
  readonly store: string;
  /** Returns the clock's time at the server's answer, epoch milliseconds; rejects without one. */
  read(): Promise<TimeBounds>;
}

/** Checks the node's clock. */
export interface ClockCheck {
  /** Returns a line that says why the node's clock cannot be trusted; undefined if it can. */
  trouble(): string | undefined;
}

export const CLOCK_CHECK = Symbol('ClockCheck');
