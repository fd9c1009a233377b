import type { JSX } from 'preact';
import { address, go, linkTo } from '../address/router.js';
import { withValue, type Filter } from '../address/filters.js';
import type { Question } from '../api/document.js';
import type { BreakdownRow, Dimension, Metric } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { METRIC } from '../figures/metrics.js';
import { reasonOf } from '../figures/reasons.js';
import { METRIC_NAMES, NOT_KNOWN, UNSET } from '../texts.js';
import { moveByArrows } from './arrows.js';
import { Why } from './why.jsx';

export interface RowsProps {
  readonly by: Dimension;
  readonly rows: readonly BreakdownRow[];
  readonly metrics: readonly Metric[];
  readonly sampled: number;
  /** The question that the rows are the answer to. */
  readonly question: Question;
  /** What the rows are listed by, and how to list them otherwise; undefined: they stay so. */
  readonly order: { readonly metric: Metric; readonly set?: (metric: Metric) => void };
  /** Called after a row was chosen. */
  readonly onChosen?: () => void;
}

/** Takes a value for a filter, or with `exclude` leaves it out. */
export function choose(dimension: Dimension, value: string, exclude: boolean): void {
  go({ filters: withValue(address.value.filters, { dimension, value, exclude }) });
}

/** The rows of a dimension. Pressing one filters by it, with shift it leaves it out. */
export function Rows(props: RowsProps): JSX.Element {
  const { by, rows, metrics, order } = props;
  return (
    <table class="rows" onKeyDown={moveByArrows}>
      <thead>
        <tr>
          <th scope="col">{dimensionName(by)}</th>
          {metrics.map((metric) => (
            <th
              scope="col"
              key={metric}
              aria-sort={order.metric === metric ? 'descending' : undefined}
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
              {order.metric === metric && <span aria-hidden="true"> ↓</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.value} row={row} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, ...props }: RowsProps & { readonly row: BreakdownRow }): JSX.Element {
  const { by, metrics, onChosen } = props;
  const { value, label, share } = row;
  const name = value === '' ? (UNSET[by] ?? NOT_KNOWN) : label;
  return (
    <tr data-value={value}>
      <th scope="row">
        <span class="share" style={{ width: `${String(share)}%` }} aria-hidden="true" />
        <span class="name">
          <button
            type="button"
            class="quiet"
            dir="auto"
            title={name}
            onClick={({ shiftKey }) => {
              choose(by, value, shiftKey);
              onChosen?.();
            }}
          >
            {name}
          </button>
          {by === 'MEDIA' && (
            <a
              href={linkTo({ page: 'media', id: value })}
              aria-label={`Open ${name}`}
              title="Open"
              onClick={onChosen}
            >
              ›
            </a>
          )}
        </span>
      </th>
      {metrics.map((metric) => (
        <td key={metric}>
          <Number metric={metric} row={row} name={name} {...props} />
        </td>
      ))}
    </tr>
  );
}

interface NumberProps extends RowsProps {
  readonly row: BreakdownRow;
  readonly metric: Metric;
  readonly name: string;
}

function Number({ row, metric, name, by, sampled, question }: NumberProps): JSX.Element {
  const { of, unit } = METRIC[metric];
  const { figures, value } = row;
  const link =
    by === 'MEDIA'
      ? {
          href: linkTo({ page: 'sessions', id: undefined, filters: mediaOnly(value) }),
          text: 'Its sessions',
        }
      : undefined;
  return (
    <Why isInTable reason={reasonOf({ metric, figures, sampled, question, of: name, link })}>
      <span data-metric={metric} data-value={of(figures) ?? ''}>
        {short(of(figures), unit)}
      </span>
    </Why>
  );
}

/** The filters of the address with one title in place of whatever they say of titles. */
export const mediaOnly = (mediaId: string): readonly Filter[] => [
  ...address.value.filters.filter(({ dimension }) => dimension !== 'MEDIA'),
  { dimension: 'MEDIA' as const, anyOf: [mediaId], exclude: false },
];
