import type { ComponentChildren, JSX } from 'preact';
import { address, go } from '../address/router.js';
import type { FiguresReport, Metric } from '../api/schema.js';
import type { Question } from '../api/document.js';
import { Sparkline, type SparklineProps } from '../charts/sparkline.jsx';
import { short } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { onlyPart, reasonOf } from '../figures/reasons.js';
import { SAYS } from '../texts.js';
import { Change } from './change.jsx';
import { Hinted } from './hint.jsx';
import { WhyMark } from './why.jsx';

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
  const { figures, previous, sampled } = report;
  const isViewers = metric === 'UNIQUE_VIEWERS';
  const reason = reasonOf({
    ...{ metric, figures, previous, sampled, link },
    question: onlyPart(question, 'figures'),
  });
  const isUnknown = isViewers && reason.value === null;
  return (
    <Card
      reason={reason}
      isChosen={address.value.metric === metric}
      isEstimate={!isUnknown && (sampled < 1 || (isViewers && !figures.uniqueViewersExact))}
      onChoose={() => {
        go({ metric });
      }}
      line={isUnknown ? undefined : line}
    >
      {isUnknown && <span class="change below">{SAYS.viewsWithViewer(figures)}</span>}
    </Card>
  );
}

export interface CardProps {
  readonly reason: Reason;
  readonly isEstimate?: boolean;
  /** Says whether it is the chart, and makes it that; undefined: it is a number alone. */
  readonly isChosen?: boolean;
  readonly onChoose?: () => void;
  readonly line?: SparklineProps | undefined;
  readonly children?: ComponentChildren;
}

/** A figure in large, with its form; and beside it the button that asks why. */
export function Card(props: CardProps): JSX.Element {
  const { reason, isEstimate = false, isChosen, onChoose, line, children } = props;
  const { label, metric, value, unit } = reason;
  const face = (
    <>
      <span class="label">{label}</span>
      <span class="value" data-metric={metric} data-value={value ?? ''}>
        {isEstimate && '≈ '}
        {short(value, unit)}
      </span>
      <Change {...reason} />
      {children}
      {line !== undefined && <Sparkline {...line} />}
    </>
  );
  return (
    <Hinted isCard reason={reason}>
      {onChoose === undefined ? (
        <div class="face">{face}</div>
      ) : (
        <button type="button" class="face" aria-pressed={isChosen} onClick={onChoose}>
          {face}
        </button>
      )}
      <WhyMark reason={reason} />
    </Hinted>
  );
}
