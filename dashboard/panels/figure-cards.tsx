import type { JSX } from 'preact';
import type { Filter } from '../address/filters.js';
import { address, go, linkTo, zone } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { FiguresAnswer, SeriesAnswer, ViewersNowAnswer } from '../api/parts.js';
import type { LiveSnapshot, Metric } from '../api/schema.js';
import type { Question } from '../api/document.js';
import { lineOf, lineUntilNow } from '../charts/lines.js';
import { onlyPart } from '../figures/reasons.js';
import { SAYS, VIEWERS_FORMULA, WORDS } from '../texts.js';
import { Card, MetricCard } from './cards.jsx';
import { Nothing } from './nothing.jsx';
import { Notes } from './notes.jsx';
import { notesOf } from '../figures/notes.js';
import { Panel } from './panel.jsx';
import { filtersHere, sessionsBehind } from './sessions-behind.js';

type Front = FiguresAnswer & ViewersNowAnswer & SeriesAnswer<'first' | 'second'>;

/** The cards after that of the viewers now, in their order. */
export const CARD_METRICS: readonly Metric[] = [
  ...(['VIEWS', 'UNIQUE_VIEWERS', 'WATCH_TIME', 'AVERAGE_WATCH_TIME'] as const),
  ...(['COMPLETION_RATE', 'REBUFFER_RATIO', 'START_FAILURE_RATE', 'BYTES', 'COST'] as const),
];

/** The cards of an overview, what is to be said of them, and who watches now. */
export function Cards({ answer }: { readonly answer: Answer<Front> }): JSX.Element {
  const { figures, live, first, second } = answer.data ?? {};
  const { metric: chosen } = address.value;
  const filters = filtersHere();
  const isEmpty = figures?.figures.attempts === 0;
  const series = [first, second].filter((one) => one !== undefined);
  // The peak of viewers is the chart of the viewers now.
  const isMore = !CARD_METRICS.includes(chosen) && chosen !== 'CONCURRENT_VIEWERS_PEAK';
  const shown = isMore ? [...CARD_METRICS, chosen] : CARD_METRICS;
  return (
    <Panel name="figures" answer={answer} parts={['figures', 'live']} isEmpty={isEmpty}>
      {figures !== undefined && live !== undefined && (
        <>
          <ul class="cards five">
            <ViewersNow live={live} question={answer.question} filters={filters} />
            {shown.map((metric) => (
              <MetricCard
                key={metric}
                metric={metric}
                report={figures}
                question={answer.question}
                line={lineOf(series, metric)}
                link={sessionsBehind(metric, filters)}
              />
            ))}
          </ul>
          <Notes notes={notesOf(figures, zone.value)} />
          {isEmpty && <Nothing />}
        </>
      )}
    </Panel>
  );
}

function ViewersNow({
  live,
  question,
  filters,
}: {
  readonly live: Pick<LiveSnapshot, 'viewers' | 'perMinute' | 'sampled'>;
  readonly question: Question;
  readonly filters: readonly Filter[];
}): JSX.Element {
  const { viewers, sampled } = live;
  return (
    <Card
      isChosen={address.value.metric === 'CONCURRENT_VIEWERS_PEAK'}
      onChoose={() => {
        go({ metric: 'CONCURRENT_VIEWERS_PEAK' });
      }}
      line={lineUntilNow(live)}
      reason={{
        ...{ metric: 'viewers', label: WORDS.viewersNow, value: viewers, unit: 'count' },
        formula: VIEWERS_FORMULA,
        section: '#live',
        question: onlyPart(question, 'live'),
        certainty: SAYS.ofMinutes(sampled),
        link: { href: linkTo({ page: 'live', id: undefined, filters }), text: WORDS.whoWatches },
      }}
    >
      <span class="change">{WORDS.lastHour}</span>
    </Card>
  );
}
