import type uPlot from 'uplot';
import type { JSX } from 'preact';
import { lineVariable, resolved } from './colours.js';
import { Legend } from './legend.jsx';
import type { Drawing } from './lines.js';

/** What tells several lines apart for whoever does not see their colours. */
export interface Numbered {
  readonly legend: JSX.Element;
  /**
   * Puts the numbers upon a plot, which says what it shows at the time. An element of the page says
   * what colours come to.
   */
  readonly pluginFor: (probe: HTMLElement, drawn: () => Drawing) => uPlot.Plugin;
}

const RADIUS = 8;

/** Gives each line of a drawing a number, which stands upon it and in the legend. */
export const numbered = ({ lines }: Drawing, isStacked = false): Numbered => ({
  legend: <Legend marks={lines.map(markOf)} />,
  pluginFor: (probe, drawn) => {
    const inks = drawn().lines.map((_, line) => resolved(lineVariable(line), probe));
    const ground = resolved('--surface', probe);
    const draw = (chart: uPlot): void => {
      const { ctx } = chart;
      const { lines } = drawn();
      const scale = devicePixelRatio;
      const reach = RADIUS * scale;
      ctx.save();
      ctx.font = `600 ${String(11 * scale)}px system-ui, sans-serif`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.lineWidth = scale;
      lines.forEach(({ values }, line) => {
        const share = (line + 1) / (lines.length + 1);
        const index = isStacked ? highest(values) : nearest(values, share);
        const value = values[index];
        if (value == null || (isStacked && value === 0)) return;
        const height = isStacked ? sumAt(lines.slice(0, line), index) + value / 2 : value;
        // Within the plot, as the labels of its axes stand beside it.
        const { left, top, width, height: tall } = chart.bbox;
        const inside = (at: number, from: number, length: number): number =>
          Math.min(from + length - reach, Math.max(from + reach, at));
        const x = inside(chart.valToPos(chart.data[0][index] ?? 0, 'x', true), left, width);
        const y = inside(chart.valToPos(height, 'y', true), top, tall);
        ctx.beginPath();
        ctx.arc(x, y, reach, 0, 2 * Math.PI);
        ctx.fillStyle = inks[line] ?? '';
        ctx.fill();
        ctx.strokeStyle = ctx.fillStyle = ground;
        ctx.stroke();
        ctx.fillText(String(line + 1), x, y + scale / 2);
      });
      ctx.restore();
    };
    return { hooks: { draw } };
  },
});

/** The number that stands on a line, in its colour. */
const markOf = ({ name }: Drawing['lines'][number], index: number) => ({
  name,
  mark: (
    <>
      <circle cx="8" cy="8" r="8" style={{ fill: `var(${lineVariable(index)})` }} />
      <text x="8" y="12" text-anchor="middle">
        {index + 1}
      </text>
    </>
  ),
});

type Values = Drawing['lines'][number]['values'];

const sumAt = (lines: Drawing['lines'], index: number): number =>
  lines.reduce((sum, { values }) => sum + (values[index] ?? 0), 0);

const highest = (values: Values): number =>
  values.reduce<number>((found, value, i) => ((value ?? 0) > (values[found] ?? 0) ? i : found), 0);

/** The place nearest to a share of the length that has a value; the first one where none has. */
function nearest(values: Values, share: number): number {
  const wanted = share * (values.length - 1);
  return values.reduce<number>(
    (found, value, i) =>
      value !== null && (values[found] == null || Math.abs(i - wanted) < Math.abs(found - wanted))
        ? i
        : found,
    0,
  );
}
