import type uPlot from 'uplot';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Span } from '../address/ranges.js';
import { zone } from '../address/router.js';
import { CLOCK, DAY_CLOCK, exact, timeIn, WEEKDAY } from '../figures/format.js';
import { colours } from '../head/theme.js';
import { WORDS } from '../texts.js';
import { lineVariable } from './colours.js';
import { summaryOf, toldAt, type Drawing } from './lines.js';
import { heightFor, plot } from './plot.js';

export interface ChartProps {
  readonly drawing: Drawing;
  readonly label: string;
  readonly isStacked?: boolean;
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

/**
 * Shows a drawing as a figure: a sentence that says what it shows, a cursor that the arrow keys
 * move, the stretch that is dragged over, and the same numbers as a table.
 */
export function Chart({ drawing, label, isStacked = false, onSelect }: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const when = teller(drawing);
  const drawn = JSON.stringify(drawing);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const made = plot(element, {
      drawing,
      zone: zone.value,
      isStacked,
      onCursor: setCursor,
      onSelect,
    });
    chart.current = made;
    const watch = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height: heightFor(width) });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [drawn, zone.value, colours.value]);
  const step = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || chart.current === undefined) return;
    event.preventDefault();
    const last = drawing.at.length - 1;
    const index = Math.min(last, Math.max(0, (cursor ?? (by < 0 ? last + 1 : -1)) + by));
    const left = chart.current.valToPos((drawing.at[index] ?? 0) / 1_000, 'x');
    chart.current.setCursor({ left, top: 1 });
    setCursor(index);
  };
  const told =
    cursor === undefined ? '' : `${when(drawing.at[cursor] ?? 0)}: ${toldAt(drawing, cursor)}`;
  return (
    <figure class="chart" aria-label={label}>
      <Legend drawing={drawing} />
      <div
        class="plot"
        ref={box}
        tabIndex={0}
        role="img"
        aria-label={summaryOf(drawing, when)}
        onKeyDown={step}
      />
      <p class="reading" aria-live="polite">
        {told}
      </p>
      <ChartTable drawing={drawing} when={when} />
    </figure>
  );
}

function Legend({ drawing: { lines } }: { readonly drawing: Drawing }): JSX.Element | null {
  if (lines.length < 2) return null;
  return (
    <ul class="legend">
      {lines.map(({ name }, index) => (
        <li key={name}>
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <rect width="12" height="12" rx="3" style={{ fill: `var(${lineVariable(index)})` }} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** The numbers of a drawing; made when it is opened. */
function ChartTable({
  drawing: { at, lines },
  when,
}: {
  readonly drawing: Drawing;
  readonly when: (timeMs: number) => string;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="as-table"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>{WORDS.asTable}</summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={WORDS.asTable}>
          <table>
            <thead>
              <tr>
                <th scope="col">Start</th>
                {lines.map(({ name, previous }) => [
                  <th scope="col">{name}</th>,
                  previous && <th scope="col">{name}, before</th>,
                ])}
              </tr>
            </thead>
            <tbody>
              {at.map((timeMs, i) => (
                <tr key={timeMs}>
                  <th scope="row">{when(timeMs)}</th>
                  {lines.map(({ values, previous, unit }) => [
                    <td>{cell(values[i], unit)}</td>,
                    previous && <td>{cell(previous[i], unit)}</td>,
                  ])}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

const cell = (value: number | null | undefined, unit: Parameters<typeof exact>[1]): string =>
  value == null ? '–' : exact(value, unit);
