/** A place in a title at which many stop watching. */
export interface Drop {
  /** The step in whose course they leave, 0 to 98. */
  readonly step: number;
  /** The share of views that showed this step, and that no later step has any more. */
  readonly lost: number;
}

/**
 * Returns the share that leaves for good in the course of each step but the last: who skips a part
 * and is there again later has not left.
 */
export function lostBySteps(audience: readonly number[]): readonly number[] {
  const still = [...audience];
  for (let i = still.length - 2; i >= 0; i -= 1) {
    still[i] = Math.max(still[i] ?? 0, still[i + 1] ?? 0);
  }
  return still.slice(0, -1).map((share, step) => share - (still[step + 1] ?? 0));
}

/** Finds the largest drops of a curve, the largest first; losses under a hundredth are none. */
export function largestDrops(audience: readonly number[], count: number): readonly Drop[] {
  return lostBySteps(audience)
    .map((lost, step) => ({ step, lost }))
    .filter(({ lost }) => lost >= 0.01)
    .sort((one, other) => other.lost - one.lost || one.step - other.step)
    .slice(0, count);
}
