import type { ComponentChildren, JSX } from 'preact';
import { address, go } from '../address/router.js';
import type { FiguresReport, Metric } from '../api/schema.js';
import type { Question } from '../api/document.js';
import { Sparkline, type SparklineProps } from '../charts/sparkline.jsx';
import { change, exact, short } from '../figures/format.js';
import { METRIC } from '../figures/metrics.js';
import { onlyPart, reasonOf } from '../figures/reasons.js';
import { COMPARISON_NAMES, METRIC_NAMES } from '../texts.js';
import { WhyMark, type Reason } from './why.jsx';

export interface MetricCardProps {
  readonly metric: Metric;
  readonly report: FiguresReport;
  readonly question: Question;
  readonly line?: SparklineProps | undefined;
  readonly link?: Reason['link'];
}

/** The card of a metric; pressing it makes it the chart. */
export function MetricCard(props: MetricCardProps): JSX.Element {
  const { metric, report, question, line, link } = props;
  const { figures, previous } = report;
  const { unit, better, of } = METRIC[metric];
  const value = of(figures);
  const before = previous === null ? undefined : of(previous);
  const difference = change(value, before, unit);
  const isEstimate =
    report.sampled < 1 || (metric === 'UNIQUE_VIEWERS' && !figures.uniqueViewersExact);
  const isUnknown = metric === 'UNIQUE_VIEWERS' && value === 0 && figures.views > 0;
  const text = isUnknown ? '–' : `${isEstimate ? '≈ ' : ''}${short(value, unit)}`;
  const reason = reasonOf({
    metric,
    figures,
    previous,
    sampled: report.sampled,
    question: onlyPart(question, 'figures'),
    link,
  });
  return (
    <Card
      label={METRIC_NAMES[metric]}
      isChosen={address.value.metric === metric}
      onChoose={() => {
        go({ metric });
      }}
      reason={reason}
      line={line}
    >
      <span class="value" data-metric={metric} data-value={value ?? ''}>
        {text}
      </span>
      {before !== undefined && (
        <span class={`change ${judged(value, before, better)}`} data-previous={before ?? ''}>
          {isUnknown ? undefined : difference}
          <span class="hidden"> than before</span>
        </span>
      )}
      <span class="hint" aria-hidden="true">
        <b>{exact(value, unit)}</b>
        {before !== undefined && (
          <span>
            {exact(before, unit)}, {COMPARISON_NAMES[address.value.compare ?? 'PREVIOUS']}
          </span>
        )}
        <span>{reason.formula}</span>
      </span>
    </Card>
  );
}

export interface CardProps {
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly reason: Reason;
  readonly line?: SparklineProps | undefined;
  readonly children: ComponentChildren;
}

/** A figure in large, with its form; and beside it the button that asks why. */
export function Card({
  label,
  isChosen,
  onChoose,
  reason,
  line,
  children,
}: CardProps): JSX.Element {
  return (
    <li class="card">
      <button type="button" class="face" aria-pressed={isChosen} onClick={onChoose}>
        <span class="label">{label}</span>
        {children}
        {line !== undefined && <Sparkline {...line} />}
      </button>
      <WhyMark reason={reason} />
    </li>
  );
}

function judged(
  value: number | null,
  before: number | null,
  better: 'more' | 'less' | undefined,
): string {
  if (value === null || before === null || better === undefined || value === before) return '';
  return value > before === (better === 'more') ? 'good' : 'bad';
}
