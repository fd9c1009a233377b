/** The least and the longest wait after a failure. */
export interface BackOff {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How long to wait after a failure: doubled with each that came before it in a row. */
export const backOffMs = ({ minMs, maxMs }: BackOff, failuresBefore: number): number =>
  Math.min(maxMs, minMs * 2 ** failuresBefore);
