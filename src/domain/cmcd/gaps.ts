/** Numbers in a row, the last one included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** The most gaps of a run that are remembered; of more, the oldest are forgotten. */
const GAPS_MAX = 32;

interface Places {
  readonly next: number;
  readonly seen: readonly number[];
}

/** Returns the numbers that were passed over as a report was taken: they had not come by then. */
export function passedOver(
  { next, seen }: Places,
  after: number,
  taken: number | undefined,
): readonly NumberRange[] {
  const known = seen.filter((number) => number < after);
  if (taken !== undefined && taken >= next && taken < after) known.push(taken);
  const ranges: NumberRange[] = [];
  let from = next;
  for (const number of [...known, after].sort((a, b) => a - b)) {
    if (number > from) ranges.push({ from, to: number - 1 });
    from = Math.max(from, number + 1);
  }
  return ranges;
}

export const lengthOf = (ranges: readonly NumberRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

export const withGaps = (
  gaps: readonly NumberRange[],
  more: readonly NumberRange[],
): readonly NumberRange[] => (more.length === 0 ? gaps : [...gaps, ...more].slice(-GAPS_MAX));

export const isInGap = (gaps: readonly NumberRange[], number: number): boolean =>
  gaps.some(({ from, to }) => from <= number && number <= to);

/** Returns gaps without a number, whose report has come late. */
export const withoutNumber = (
  gaps: readonly NumberRange[],
  number: number,
): readonly NumberRange[] =>
  gaps
    .flatMap((gap) =>
      isInGap([gap], number)
        ? [
            { from: gap.from, to: number - 1 },
            { from: number + 1, to: gap.to },
          ]
        : [gap],
    )
    .filter(({ from, to }) => from <= to)
    .slice(-GAPS_MAX);
