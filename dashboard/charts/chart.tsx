import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Span } from '../address/ranges.js';
import { address, zone } from '../address/router.js';
import { CLOCK, DAY_CLOCK, exact, timeIn, WEEKDAY } from '../figures/format.js';
import { colours } from '../head/theme.js';
import { COMPARISON_NAMES, WORDS } from '../texts.js';
import { Frame, type Cell } from './frame.jsx';
import { Legend } from './legend.jsx';
import { summaryOf, type Drawing, type Line } from './lines.js';
import type { Numbered } from './numbered.jsx';
import { formOf, heightFor, plot, type Plot } from './plot.js';

export interface ChartProps {
  readonly drawing: Drawing;
  readonly label: string;
  readonly isStacked?: boolean;
  /** What tells several lines apart; undefined: there is one. */
  readonly numbered?: Numbered | undefined;
  readonly onSelect?: (stretch: Span) => void;
}

const DAY_MS = 86_400_000;

/** Chooses how times of a drawing are told: with the clock where its buckets are parts of days. */
function teller({ at }: Drawing): (timeMs: number) => string {
  const [first = 0, second = first + DAY_MS] = at;
  const isOfDays = second - first >= DAY_MS * 0.9;
  const length = (at.at(-1) ?? 0) - first;
  const form = isOfDays ? WEEKDAY : length > DAY_MS ? DAY_CLOCK : CLOCK;
  return (timeMs) => timeIn(timeMs, zone.value, form);
}

/** Shows lines over time; a stretch that is dragged over is told. */
export function Chart(props: ChartProps): JSX.Element {
  const { drawing, label, isStacked = false, numbered, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const plotted = useRef<Plot | undefined>(undefined);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const { at, lines, openFrom } = drawing;
  const when = teller(drawing);
  const form = formOf(drawing);
  const drawn = JSON.stringify(drawing);
  // At once, so that paper gets its own colours.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const made = plot(element, {
      drawing,
      zone: zone.value,
      isStacked,
      pluginFor: numbered?.pluginFor,
      onCursor: setCursor,
      onSelect,
    });
    plotted.current = made;
    const { chart } = made;
    const watch = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== chart.width) chart.setSize({ width, height: heightFor(width) });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
      plotted.current = undefined;
    };
  }, [form, zone.value, colours.value]);
  useLayoutEffect(() => {
    plotted.current?.draw(drawing);
  }, [drawn]);
  return (
    <Frame
      class="chart"
      label={label}
      summary={summaryOf(drawing, when)}
      columns={[WORDS.start, ...lines.flatMap(columnsOf)]}
      count={at.length}
      cellsAt={(i) => [
        { text: when(at[i] ?? 0), value: at[i] },
        ...lines.flatMap((line) => cellsOf(line, i)),
      ]}
      noteAt={(i) => (i >= openFrom ? WORDS.growing : '')}
      cursor={cursor}
      onCursor={(index) => {
        const chart = plotted.current?.chart;
        const left = chart?.valToPos((at[index ?? 0] ?? 0) / 1_000, 'x') ?? 0;
        chart?.setCursor({ left, top: 1 });
        setCursor(index);
      }}
      box={box}
      legend={numbered?.legend ?? <WithBefore lines={lines} />}
    />
  );
}

/** Tells the line from that of the period before, where there is one. */
function WithBefore({ lines }: Pick<Drawing, 'lines'>): JSX.Element | null {
  const [line] = lines;
  if (line?.previous === undefined) return null;
  return (
    <Legend
      marks={[
        { name: line.name, mark: <path class="line" d="M0 8H16" /> },
        {
          name: COMPARISON_NAMES[address.value.compare ?? 'PREVIOUS'],
          mark: <path class="line before" d="M0 8H16" />,
        },
      ]}
    />
  );
}

const columnsOf = ({ name, previous }: Line): readonly string[] =>
  previous === undefined ? [name] : [name, `${name}, ${WORDS.before}`];

function cellsOf({ values, previous, unit, metric }: Line, i: number): readonly Cell[] {
  const cell = (value: number | null | undefined): Cell => ({
    text: value == null ? '–' : exact(value, unit),
    value,
  });
  const own = { ...cell(values[i]), metric };
  return previous === undefined ? [own] : [own, { ...cell(previous[i]), isPrevious: true }];
}
