/**
 * Forward decay (G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu, "Forward decay: a practical time
 * decay model for streaming systems", 2009) with the Unix epoch as landmark, kept as a binary
 * logarithm: it neither overflows nor needs rescaling, late views fit in, and the order of two
 * scores does not change as time passes.
 */

/** The fineness of ranks: scores that differ by less are in the order of their media ids. */
const RANKS_PER_UNIT = 1e6;

/** Adds a view to a score: log2(2^score + 2^(time / half-life)). */
export function scoreWithView(
  score: number | undefined,
  timeMs: number,
  halfLifeMs: number,
): number {
  const view = timeMs / halfLifeMs;
  if (score === undefined) return view;
  return Math.max(score, view) + Math.log2(1 + 2 ** -Math.abs(score - view));
}

/**
 * Takes a view out of a score of several: log2(2^score - 2^(time / half-life)). What is left beside
 * a much later view is known to a millionth of that one.
 */
export function scoreWithoutView(score: number, timeMs: number, halfLifeMs: number): number {
  const left = 1 - 2 ** Math.min(0, timeMs / halfLifeMs - score);
  return score + Math.log2(Math.max(left, 1 / RANKS_PER_UNIT));
}

/** Returns the present value of a score: the sum of 2^(-age / half-life) over its views. */
export const popularityAt = (score: number, nowMs: number, halfLifeMs: number): number =>
  2 ** (score - nowMs / halfLifeMs);

/** Returns the place of a score in a list in rising order that begins with the highest score. */
export const rankOfScore = (score: number): number => -Math.round(score * RANKS_PER_UNIT);
