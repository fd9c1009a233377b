/** A column: its heading, and whether its cells are numbers, which stand to the right. */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** Wider cells are cut; with it the widest table here fits 80 columns. */
const cellWidthMax = 38;

/** Lines of an aligned table. Widths are counted in characters: cells hold simple Latin text. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const headings = columns.map(({ heading }) => heading);
  const lines = [headings, ...rows].map((row) => row.map(shorten));
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines.map((line) => {
    const cells = columns.map(({ align }, at) => pad(line[at] ?? '', widths[at] ?? 0, align));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

const shorten = (cell: string): string =>
  cell.length > cellWidthMax ? `${cell.slice(0, cellWidthMax - 3)}...` : cell;

const pad = (cell: string, width: number, align: Column['align']): string =>
  align === 'left' ? cell.padEnd(width) : cell.padStart(width);

const levels = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character for each value, as high as its part of the largest; blank is nothing at all. */
export function formatBars(values: readonly number[], largest: number): string {
  return values
    .map((value) => levels[value <= 0 ? 0 : Math.max(1, Math.round((value / largest) * 8))])
    .join('');
}

/** Minutes and seconds: 125.4 is 2:05. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return `${formatCount(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, '0')}`;
}

export const formatCount = (count: number): string => count.toLocaleString('en-US');

export const formatDecimals = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
