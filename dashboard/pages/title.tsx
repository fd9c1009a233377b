import type { JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { by } from '../address/tabs.js';
import { address, linkTo, zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import { RETENTION, rowsBy, type RetentionAnswer } from '../api/parts.js';
import type { Session, SessionConnection, Stream } from '../api/schema.js';
import { duration, FULL, timeIn } from '../figures/format.js';
import { askedFor } from '../figures/listing.js';
import type { Column } from '../figures/metrics.js';
import { onlyPart } from '../figures/reasons.js';
import { titleOrder } from '../panels/breakdown.jsx';
import { MetricCard } from '../panels/cards.jsx';
import { Cards } from '../panels/figure-cards.jsx';
import { MetricChart } from '../panels/metric-chart.jsx';
import { Nothing } from '../panels/nothing.jsx';
import { Panel } from '../panels/panel.jsx';
import { Qualities } from '../panels/qualities.jsx';
import { Retention } from '../panels/retention.jsx';
import { mediaOnly, sessionsBehind } from '../panels/sessions-behind.js';
import { SESSION_FIELDS, SessionRows } from '../panels/session-rows.jsx';
import { Thumbnail } from '../panels/thumbnail.jsx';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { frontParts, SideTable, type FrontAnswer } from './overview.jsx';

const SESSIONS_SHOWN = 10;
const SIDE_METRICS: readonly Column[] = ['VIEWS', 'WATCH_TIME', 'LEFT_EARLY', 'COMPLETION_RATE'];
const TITLE_PARTS = {
  media: 'media(mediaId: $mediaId) { mediaId title thumbnail duration createdAt }',
  ...RETENTION,
};

type TitleAnswer = FrontAnswer & RetentionAnswer & { readonly media: Stream | null };

export function Title(): JSX.Element {
  const { id } = address.value;
  return id === undefined ? <NoId /> : <OneTitle id={id} />;
}

/** What there is where the address names no title: the way to those that there are. */
const NoId = (): JSX.Element => (
  <section class="panel" data-panel="media" data-state="empty">
    <p>{LATER_WORDS.noTitle}</p>
    <AllTitles />
  </section>
);

const AllTitles = (): JSX.Element => (
  <p>
    <a href={linkTo({ page: 'overview', id: undefined })}>{LATER_WORDS.allTitles}</a>
  </p>
);

function OneTitle({ id }: { readonly id: string }): JSX.Element {
  const { metric } = address.value;
  const order = titleOrder();
  const asked = { ...variables.value, mediaId: id, filter: mediaOnly(id) };
  const front = useAnswer<TitleAnswer>(
    { parts: { ...TITLE_PARTS, ...frontParts(metric) }, variables: asked },
    OFTEN,
  );
  const tables = useAnswer<{ sessions: SessionConnection }>(
    {
      parts: {
        rows: rowsBy({ by: by.value, ...askedFor(order) }),
        sessions: `sessions(range: $range, filter: $filter, first: ${String(SESSIONS_SHOWN)}) {
          edges { node { ${SESSION_FIELDS} } } }`,
      },
      variables: { ...asked, by: by.value },
    },
    TABLES,
  );
  if (front.data?.media === null) return <UnknownId id={id} answer={front} />;
  const report = front.data?.figures;
  return (
    <>
      <About answer={front} id={id} />
      <Cards answer={front} />
      <MetricChart answer={front} parts={['first', 'second']} interval={interval.value} />
      <Retention answer={front} />
      <Panel name="startup" title={LATER_WORDS.startup} answer={front} parts={['figures']}>
        {report !== undefined && (
          <ul class="cards few">
            {(['STARTUP_P50', 'STARTUP_P95'] as const).map((name) => (
              <MetricCard
                key={name}
                metric={name}
                report={report}
                question={front.question}
                link={sessionsBehind(name, mediaOnly(id))}
              />
            ))}
          </ul>
        )}
      </Panel>
      <div class="columns wide-first">
        <SideTable
          answer={tables}
          metrics={SIDE_METRICS}
          order={order}
          compared="COMPLETION_RATE"
        />
        <Qualities answer={front} />
      </div>
      <TitleSessions id={id} answer={tables} />
    </>
  );
}

function About({
  answer,
  id,
}: {
  readonly answer: Answer<TitleAnswer>;
  readonly id: string;
}): JSX.Element {
  const media = answer.data?.media;
  return (
    <Panel name="media" answer={answer} parts={['media']}>
      {media != null && (
        <div class="about">
          <h2 dir="auto">{media.title}</h2>
          <p>
            <code>{id}</code>
            {media.duration !== null && (
              <span data-metric="duration" data-value={media.duration}>
                {LATER_SAYS.long(duration(media.duration))}
              </span>
            )}
            <span data-metric="createdAt" data-value={media.createdAt}>
              {LATER_SAYS.knownSince(timeIn(media.createdAt, zone.value, FULL))}
            </span>
          </p>
          {media.thumbnail !== null && <Thumbnail address={media.thumbnail} />}
        </div>
      )}
    </Panel>
  );
}

function UnknownId({
  id,
  answer,
}: {
  readonly id: string;
  readonly answer: Answer<TitleAnswer>;
}): JSX.Element {
  return (
    <Panel name="media" title={LATER_WORDS.unknownTitle} answer={answer} parts={['media']} isEmpty>
      <p>
        <code>{id}</code>: {LATER_WORDS.unknownMeans}
      </p>
      <AllTitles />
    </Panel>
  );
}

function TitleSessions({
  id,
  answer,
}: {
  readonly id: string;
  readonly answer: Answer<{ sessions: SessionConnection }>;
}): JSX.Element {
  const sessions: readonly Session[] = answer.data?.sessions?.edges.map(({ node }) => node) ?? [];
  return (
    <Panel
      name="sessions"
      title={LATER_WORDS.latestSessions}
      answer={answer}
      parts={['sessions']}
      isEmpty={sessions.length === 0}
    >
      {sessions.length === 0 ? (
        <Nothing />
      ) : (
        <SessionRows
          sessions={sessions}
          question={onlyPart(answer.question, 'sessions')}
          isOfOneTitle
        />
      )}
      <p class="more">
        <a href={sessionsBehind('VIEWS', mediaOnly(id)).href}>{LATER_WORDS.allSessions}</a>
      </p>
    </Panel>
  );
}
