import type { Drawing, Line } from './lines.js';

/** The values that are drawn as one line; null where it is broken. */
type Column = Line['values'];

/**
 * The columns of lines that stand each by itself: the period before where there is one, then the
 * line as far as it is certain, and from there.
 */
export const columnsApart = ({ lines, openFrom }: Drawing): readonly Column[] =>
  lines.flatMap(({ values, previous }) => [
    ...(previous === undefined ? [] : [previous]),
    ...certainAndOpen(values, openFrom),
  ]);

/** The columns of lines on top of each other, the top one first; two of each, as above. */
export function columnsStacked({ at, lines, openFrom }: Drawing): readonly Column[] {
  const sums = at.map(() => 0);
  const columns = lines.map(({ values }) =>
    certainAndOpen(
      values.map((value, i) => (value === null ? null : (sums[i] = (sums[i] ?? 0) + value))),
      openFrom,
    ),
  );
  return columns.toReversed().flat();
}

const certainAndOpen = (values: Column, openFrom: number): readonly Column[] => [
  values.map((value, i) => (i < openFrom ? value : null)),
  // The stretch to a bucket that still grows begins at the last one that does not.
  values.map((value, i) => (openFrom < values.length && i >= openFrom - 1 ? value : null)),
];
