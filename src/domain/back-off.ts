/** The least and the longest wait after a failure. */
export interface BackOff {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Returns the wait in milliseconds after a failure; each failure before it in a row doubles the
 * wait.
 */
export const backOffMs = ({ minMs, maxMs }: BackOff, failuresBefore: number): number =>
  Math.min(maxMs, minMs * 2 ** failuresBefore);
