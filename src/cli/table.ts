import { cutTo, padded, widthOf } from './format.js';

/** A column: its heading alone, or with the layout of its cells. */
export type Column =
  | string
  | {
      readonly heading: string;
      /** Numbers stand to the right. */
      readonly align?: 'right';
      /** Wider cells are cut. */
      readonly widthMax?: number;
    };

/** Lays out rows below their headings, in columns as wide as their widest cell. */
export function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const shapes = columns.map((column) =>
    typeof column === 'string' ? { heading: column } : column,
  );
  const lines = [shapes.map(({ heading }) => heading), ...rows].map((cells) =>
    cells.map((cell, at) => cutTo(cell, shapes[at]?.widthMax ?? Infinity)),
  );
  const widths = shapes.map((_, at) => Math.max(...lines.map((cells) => widthOf(cells[at] ?? ''))));
  return lines.map((cells) =>
    shapes
      .map(({ align }, at) => {
        const cell = cells[at] ?? '';
        const width = widths[at] ?? 0;
        return align === 'right' ? ' '.repeat(width - widthOf(cell)) + cell : padded(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
}
