/** A source of numbers in [0, 1): the same numbers for the same seed. */
export type Random = () => number;

/** Makes a mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a demo. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes a wheel that draws items by weights. Weights are not negative; some weight is positive. */
export function createWheel<T>(
  items: readonly T[],
  weightOf: (item: T, index: number) => number,
): (random: Random) => T {
  const ends: number[] = [];
  let total = 0;
  items.forEach((item, index) => ends.push((total += weightOf(item, index))));
  return (random: Random): T => {
    const at = random() * total;
    const item = items[ends.findIndex((end) => at < end)];
    if (item === undefined) throw new Error('nothing to draw from');
    return item;
  };
}
