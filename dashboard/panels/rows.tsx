import type { JSX } from 'preact';
import type { Question } from '../api/document.js';
import type { BreakdownRow, Dimension } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import type { Listing } from '../figures/listing.js';
import { METRIC, type Column } from '../figures/metrics.js';
import { reasonOf } from '../figures/reasons.js';
import { METRIC_NAMES } from '../texts.js';
import { moveByArrows } from './arrows.js';
import { Change } from './change.jsx';
import { onlyOf, sessionsBehind } from './sessions-behind.js';
import { RowName } from './table.jsx';
import { nameOf, ValueName } from './value-name.jsx';
import { Why } from './why.jsx';

export interface RowsProps {
  readonly by: Dimension;
  readonly rows: readonly BreakdownRow[];
  readonly metrics: readonly Column[];
  readonly sampled: number;
  /** The question that the rows are the answer to. */
  readonly question: Question;
  /** What the rows are listed by, and how to list them otherwise; undefined: they stay so. */
  readonly order: Listing & { readonly set?: (metric: Column) => void };
  /** A column that says its change beside the one that the rows are listed by. */
  readonly compared?: Column | undefined;
  /** Called after a row was chosen. */
  readonly onChosen?: () => void;
  /** The most that a row of the pages before has of what the rows are listed by. */
  readonly mostBefore?: number;
}

/** Returns the most that a row has of what the rows are listed by. */
export const mostOf = (rows: readonly BreakdownRow[], metric: Column): number =>
  Math.max(0, ...rows.map(({ figures }) => METRIC[metric].of(figures) ?? 0));

/** The rows of a dimension. Pressing one filters by it, with shift it leaves it out. */
export function Rows(props: RowsProps): JSX.Element {
  const { by, rows, metrics, order, mostBefore = 0 } = props;
  const listedBy = METRIC[order.metric];
  const most = Math.max(mostBefore, mostOf(rows, order.metric));
  const isAscending = order.isAscending === true;
  return (
    <table class="rows" onKeyDown={moveByArrows}>
      <thead>
        <tr>
          <th scope="col">{dimensionName(by)}</th>
          {metrics.map((metric) => (
            <th
              scope="col"
              key={metric}
              aria-sort={
                order.metric === metric ? (isAscending ? 'ascending' : 'descending') : undefined
              }
            >
              {order.set === undefined ? (
                METRIC_NAMES[metric]
              ) : (
                <button
                  type="button"
                  class="quiet"
                  onClick={() => {
                    order.set?.(metric);
                  }}
                >
                  {METRIC_NAMES[metric]}
                </button>
              )}
              {order.metric === metric && (
                <span aria-hidden="true"> {isAscending ? '↑' : '↓'}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row
            key={row.value}
            row={row}
            bar={most > 0 ? (listedBy.of(row.figures) ?? 0) / most : 0}
            {...props}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends RowsProps {
  readonly row: BreakdownRow;
  /** How much it has of what the rows are listed by, beside the row that has most; 0 to 1. */
  readonly bar: number;
}

function Row({ row, bar, ...props }: RowProps): JSX.Element {
  const { by, metrics, onChosen } = props;
  const { value, label } = row;
  const name = nameOf(by, value, label);
  return (
    <tr data-value={value}>
      <RowName share={bar}>
        <ValueName by={by} value={value} label={label} onChosen={onChosen} />
      </RowName>
      {metrics.map((metric) => (
        <td key={metric} data-label={METRIC_NAMES[metric]}>
          <Number metric={metric} row={row} name={name} {...props} />
        </td>
      ))}
    </tr>
  );
}

interface NumberProps extends RowsProps {
  readonly row: BreakdownRow;
  readonly metric: Column;
  readonly name: string;
}

/** A number, and where the rows are listed or compared by it how it differs from the one before. */
function Number(props: NumberProps): JSX.Element {
  const { row, metric, name, by, sampled, question, order, compared } = props;
  const { figures, previous, value } = row;
  const link = sessionsBehind(metric, onlyOf(by, value));
  const reason = reasonOf({
    ...{ metric, figures, previous, sampled, question, of: name, link },
    slice: { by, value },
  });
  return (
    <>
      <Why isInTable reason={reason} />
      {(metric === order.metric || metric === compared) && <Change {...reason} />}
    </>
  );
}
