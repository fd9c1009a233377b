/** The least and the longest wait after a failure. */
export interface BackOff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Returns the milliseconds to wait after a failure; each failure in a row doubles the wait. */
export const backOffMs = ({ minMs, maxMs }: BackOff, failuresBefore: number): number =>
  Math.min(maxMs, minMs * 2 ** failuresBefore);
