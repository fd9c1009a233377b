/** A place in a title at which many stop watching. */
export interface Drop {
  /** The step at whose end they are gone, 0 to 98. */
  readonly step: number;
  /** The share of views that showed this step and not the next one. */
  readonly lost: number;
}

/** Finds the largest drops of a curve, the largest first; losses under a hundredth are none. */
export function largestDrops(audience: readonly number[], count: number): readonly Drop[] {
  const drops = audience.slice(0, -1).map((share, step) => ({
    step,
    lost: share - (audience[step + 1] ?? 0),
  }));
  return drops
    .filter(({ lost }) => lost >= 0.01)
    .sort((one, other) => other.lost - one.lost || one.step - other.step)
    .slice(0, count);
}
