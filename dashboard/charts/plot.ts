import uPlot, { type AlignedData, type Axis, type Options, type Series } from 'uplot';
import type { Span } from '../address/ranges.js';
import { steps, tick } from '../figures/format.js';
import { timesOf, timeSteps } from './axis-times.js';
import { faded, lineVariable, mixed, resolved } from './colours.js';
import { columnsApart, columnsStacked } from './columns.js';
import { stretchOf, type Drawing, type Line } from './lines.js';
import type { Numbered } from './numbered.jsx';

/** How a drawing is shown. */
export interface PlotOptions {
  readonly drawing: Drawing;
  readonly zone: string;
  readonly isStacked: boolean;
  /** Draws numbers upon its lines. */
  readonly pluginFor: Numbered['pluginFor'] | undefined;
  readonly onCursor: (index: number | undefined) => void;
  /** Is told the stretch of the buckets that were dragged over. */
  readonly onSelect: ((stretch: Span) => void) | undefined;
}

/** A drawing on a page. */
export interface Plot {
  readonly chart: uPlot;
  /** Draws other values; the drawing has the form of the one before. */
  readonly draw: (drawing: Drawing) => void;
}

const HEIGHT = 280;
const HEIGHT_NARROW = 220;
const NARROW = 500;
const FONT = '12px system-ui, sans-serif';
const DASH = [4, 4];

export const heightFor = (width: number): number => (width < NARROW ? HEIGHT_NARROW : HEIGHT);

/** Tells drawings apart for which a plot has to be made anew from those which it can draw. */
export const formOf = ({ lines }: Drawing): string =>
  JSON.stringify(lines.map(({ unit, previous }) => [unit, previous !== undefined]));

/** Draws lines into an element, on a canvas; the styles say in which colours. */
export function plot(element: HTMLElement, options: PlotOptions): Plot {
  const { zone, isStacked, onCursor, onSelect } = options;
  let { drawing } = options;
  const probe = element.appendChild(document.createElement('i'));
  const axes = axesOf(() => drawing, zone, probe);
  const plugin = options.pluginFor?.(probe, () => drawing);
  const seriesFor = isStacked ? stackedSeries : seriesApart;
  const columnsOf = isStacked ? columnsStacked : columnsApart;
  const dataOf = (drawn: Drawing): AlignedData => aligned(drawn.at, columnsOf(drawn));
  const series = seriesFor(drawing, probe);
  probe.remove();
  const width = element.clientWidth;
  const settings: Options = {
    width,
    height: heightFor(width),
    padding: [12, 32, 0, 0],
    plugins: plugin === undefined ? [] : [plugin],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: !isStacked },
      drag: { x: onSelect !== undefined, y: false, setScale: false },
    },
    scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
    axes,
    series: [{}, ...series],
    hooks: {
      setCursor: [
        (chart) => {
          const { cursor } = chart;
          standOn(chart, cursor.idx);
          onCursor(cursor.idx ?? undefined);
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width: dragged } = chart.select;
          if (dragged < 4) return;
          const [from, to] = [left, left + dragged].map((x) => chart.posToVal(x, 'x') * 1_000);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onSelect?.(stretchOf(drawing, { fromMs: from ?? 0, toMs: to ?? 0 }));
        },
      ],
    },
  };
  const chart = new uPlot(settings, dataOf(drawing), element);
  const draw = (next: Drawing): void => {
    if (next === drawing) return;
    drawing = next;
    chart.setData(dataOf(next));
  };
  return { chart, draw };
}

/** Puts the cursor's line on the point that is read out, and not where the pointer is. */
function standOn(chart: uPlot, index: number | null | undefined): void {
  const line = chart.over.querySelector<HTMLElement>('.u-cursor-x');
  if (line === null || index == null) return;
  const left = Math.round(chart.valToPos(chart.data[0][index] ?? 0, 'x'));
  line.style.transform = `translate(${String(left)}px, 0px)`;
}

/** Makes the axis of time and that of the values. */
function axesOf(drawn: () => Drawing, zone: string, probe: HTMLElement): Axis[] {
  const unit = drawn().lines[0]?.unit ?? 'count';
  const common = { stroke: resolved('--muted', probe), font: FONT, ticks: { show: false } };
  return [
    {
      ...common,
      grid: { show: false },
      size: 30,
      space: 64,
      incrs: () => [...timeSteps(drawn().at)],
      values: (_, splits) => timesOf(splits, zone),
    },
    {
      ...common,
      grid: { stroke: resolved('--rule', probe), width: 1 },
      size: (_, values: string[] | null) => widthFor(values ?? []),
      incrs: [...steps(unit)],
      values: (_, splits) => splits.map((value) => tick(value, unit)),
    },
  ];
}

const widthFor = (labels: readonly string[]): number =>
  16 + 6.6 * Math.max(4, ...labels.map(({ length }) => length));

/** Each line by itself: whole as far as it is certain, dashed from there, the one before dashed. */
function seriesApart({ lines }: Drawing, probe: HTMLElement): Series[] {
  const isAlone = lines.length === 1;
  return lines.flatMap(({ previous }, index) => {
    const stroke = resolved(lineVariable(index), probe);
    const fill = isAlone ? { fill: faded(stroke, 0.1) } : {};
    const line: Series = { stroke, width: 2, points: ALONE, ...fill };
    const before = { stroke: resolved('--before', probe), width: 1.5, dash: DASH, points: ALONE };
    return [...(previous === undefined ? [] : [before]), line, { ...line, dash: DASH }];
  });
}

/** Marks values that no line leads to: those between two buckets without one. */
const ALONE: Series.Points = {
  show: true,
  size: 5,
  filter: (chart, index) => {
    const values = chart.data[index] ?? [];
    const isThere = (i: number): boolean => values[i] != null;
    return Array.from(values, (_, i) => i).filter(
      (i) => isThere(i) && !isThere(i - 1) && !isThere(i + 1),
    );
  },
};

/**
 * Lines on top of each other, the first at the bottom: whole as far as they are certain, paler and
 * dashed from there.
 */
const stackedSeries = ({ lines }: Drawing, probe: HTMLElement): Series[] => {
  const ground = resolved('--surface', probe);
  return lines
    .map((_, index): readonly Series[] => {
      const stroke = resolved(lineVariable(index), probe);
      const line: Series = { stroke, width: 1, points: ALONE };
      return [
        { ...line, fill: stroke },
        { ...line, fill: mixed(stroke, ground, 0.45), width: 2, dash: DASH },
      ];
    })
    .toReversed()
    .flat();
};

const aligned = (at: readonly number[], columns: readonly Line['values'][]): AlignedData =>
  [at.map((timeMs) => timeMs / 1_000), ...columns] as unknown as AlignedData;
