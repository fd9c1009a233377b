import type { ComponentChildren, JSX, Ref, TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import { HeadRow, Scroll } from '../panels/table.jsx';
import { SAYS, WORDS } from '../texts.js';

/** What stands at one point of a drawing, for those who read it as a table. */
export interface Cell {
  readonly text: string;
  /** Its name and exact value for scripts; a value of the period before has no name. */
  readonly metric?: string | undefined;
  readonly value?: number | null | undefined;
  readonly isPrevious?: boolean;
}

export interface FrameProps {
  readonly class: string;
  readonly label: string;
  /** Says in one sentence what is drawn. */
  readonly summary: string;
  /** The names of the cells of a point; the first one's is that of the point itself. */
  readonly columns: readonly string[];
  readonly count: number;
  readonly cellsAt: (index: number) => readonly Cell[];
  /** What is to be said of a point besides its cells. */
  readonly noteAt?: (index: number) => string;
  /** The point that the cursor is at; undefined: none. */
  readonly cursor: number | undefined;
  readonly onCursor: (index: number | undefined) => void;
  /** The point at a share of the width; undefined: what is drawn follows the pointer by itself. */
  readonly indexAt?: (share: number) => number;
  readonly box?: Ref<HTMLDivElement>;
  readonly legend?: ComponentChildren;
  readonly children?: ComponentChildren;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -Infinity,
  End: Infinity,
};

/**
 * Shows something drawn as a figure: a sentence that says what it shows, a cursor that pointers and
 * the arrow keys move and that is read out, and the same numbers as a table.
 */
export function Frame(props: FrameProps): JSX.Element {
  const { label, summary, count, cursor, onCursor, indexAt, legend, children } = props;
  const last = count - 1;
  const step = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onCursor(Math.min(last, Math.max(0, (cursor ?? (by < 0 ? count : -1)) + by)));
  };
  const point = ({ currentTarget, clientX }: TargetedPointerEvent<HTMLDivElement>): void => {
    if (indexAt === undefined) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    onCursor(Math.min(last, Math.max(0, indexAt((clientX - left) / Math.max(1, width)))));
  };
  return (
    <figure class={props.class}>
      <figcaption class="hidden">{summary}</figcaption>
      {legend}
      <div
        class="plot"
        ref={props.box ?? null}
        tabIndex={0}
        role="application"
        aria-roledescription={WORDS.chart}
        aria-label={label}
        onKeyDown={step}
        onPointerMove={point}
        onPointerLeave={() => {
          if (indexAt !== undefined) onCursor(undefined);
        }}
      >
        {children}
      </div>
      <p class="reading" aria-live="polite">
        {cursor === undefined || cursor > last ? '' : told(props, cursor)}
      </p>
      <AsTable {...props} />
    </figure>
  );
}

function told({ columns, cellsAt, noteAt }: FrameProps, index: number): string {
  const [point, ...cells] = cellsAt(index);
  const said = cells.map(({ text }, i) => `${columns[i + 1] ?? ''} ${text}`).join('; ');
  return `${point?.text ?? ''}: ${said}${noteAt?.(index) ?? ''}`;
}

/** The numbers of a drawing; made when it is opened. */
function AsTable({ label, columns, count, cellsAt, noteAt }: FrameProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="as-table"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>{SAYS.asTable(count)}</summary>
      {isOpen && (
        <Scroll label={label}>
          <table>
            <HeadRow columns={columns} />
            <tbody>
              {Array.from({ length: count }, (_, i) => (
                <Point key={i} cells={cellsAt(i)} note={noteAt?.(i)} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </details>
  );
}

function Point({
  cells: [first, ...cells],
  note,
}: {
  readonly cells: readonly Cell[];
  /** What is to be said of it besides. */
  readonly note: string | undefined;
}): JSX.Element {
  return (
    <tr data-value={first?.value ?? first?.text}>
      <th scope="row">
        {first?.text}
        {note}
      </th>
      {cells.map(({ text, metric, value, isPrevious }, i) => (
        <td
          key={i}
          data-metric={metric}
          data-value={metric === undefined ? undefined : (value ?? '')}
          data-previous={isPrevious ? (value ?? '') : undefined}
        >
          {text}
        </td>
      ))}
    </tr>
  );
}
