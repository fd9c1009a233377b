import type { JSX } from 'preact';
import { linkTo, zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN } from '../api/course.js';
import type { Question } from '../api/document.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { Session, TimelineConnection, TimelineEntry } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { CLOCK_SECONDS, DAY, exact, FULL, timeIn } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { reasonOfSession, SESSION_UNITS, type SessionMetric } from '../figures/session-reasons.js';
import { Lanes } from '../panels/lanes.jsx';
import { Failure, Panel } from '../panels/panel.jsx';
import { SESSION_FIELDS } from '../panels/session-rows.jsx';
import { HeadRow, Scroll } from '../panels/table.jsx';
import { DIMENSIONS } from '../address/words.js';
import { Why } from '../panels/why.jsx';
import { DIMENSION_NAMES, WORDS } from '../texts.js';
import { LATER_SAYS, LATER_WORDS, SESSION_NAMES, STATE_NAMES } from '../texts-later.js';
import { TIMELINE, useLaterEvents, type WithTimeline } from './later-events.js';

type SessionAnswer = HeadAnswer & { readonly session: Session | null };

/** One session, down to its events as the log holds them. */
export function OneSession({ id }: { readonly id: string }): JSX.Element {
  const answer = useAnswer<SessionAnswer & WithTimeline>(
    {
      parts: {
        ...HEAD,
        session: `session(id: $id) { ${SESSION_FIELDS} viewer sessionId ${TIMELINE} }`,
      },
      variables: { id, after: null },
    },
    OFTEN,
  );
  const session = answer.data?.session;
  return (
    <>
      <p>
        <a href={linkTo({ page: 'sessions', id: undefined })}>‹ {LATER_WORDS.sessions}</a>
      </p>
      <Panel
        name="session"
        title={LATER_WORDS.session}
        answer={answer}
        parts={['session']}
        isEmpty={session === null}
      >
        {session === null && <p class="nothing">{LATER_WORDS.noSession}</p>}
        {session != null && (
          <Facts session={session} question={onlyPart(answer.question, 'session')} />
        )}
      </Panel>
      {session != null && <Timeline id={id} answer={answer} first={session.timeline} />}
    </>
  );
}

function Facts({
  session,
  question,
}: {
  readonly session: Session;
  readonly question: Question;
}): JSX.Element {
  const { media, context, viewer, sessionId } = session;
  const figures = (Object.keys(SESSION_UNITS) as SessionMetric[]).map((metric) => {
    const reason = reasonOfSession(session, metric, question);
    return [SESSION_NAMES[metric], <Why reason={reason} />] as const;
  });
  const facts: readonly (readonly [string, JSX.Element | string | null])[] = [
    [
      DIMENSION_NAMES.MEDIA,
      <a dir="auto" href={linkTo({ page: 'media', id: media.mediaId })}>
        {media.title}
      </a>,
    ],
    [LATER_WORDS.state, STATE_NAMES[session.state]],
    [LATER_WORDS.started, <Time metric="startedAt" at={session.startedAt} />],
    [LATER_WORDS.lastEvent, <Time metric="lastAt" at={session.lastAt} />],
    ...figures,
    [LATER_WORDS.completed, textOf(session.completed)],
    [DIMENSION_NAMES.QUALITY, session.quality],
    [LATER_WORDS.error, session.errorCode],
    [LATER_WORDS.viewerHash, viewer],
    [LATER_WORDS.sessionId, sessionId],
    ...Object.entries(context).map(([name, value]) => {
      const dimension = DIMENSIONS.nameOf(name);
      const label = dimension === undefined ? name : dimensionName(dimension);
      return [label, textOf(value as string | boolean | null)] as const;
    }),
  ];
  return (
    <dl class="facts grid">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const Time = ({ metric, at }: { readonly metric: string; readonly at: string }): JSX.Element => (
  <span data-metric={metric} data-value={at}>
    {timeIn(at, zone.value, FULL)}
  </span>
);

/** Says a circumstance; one that is or is not so, in a word. */
function textOf(value: string | boolean | null): string | null {
  if (typeof value !== 'boolean') return value;
  return value ? LATER_WORDS.yes : LATER_WORDS.no;
}

/** Says when an event was stored: with the day, where it did not happen on that day. */
const storedIn = (recordedAt: string, at: string): string =>
  timeIn(
    recordedAt,
    zone.value,
    timeIn(at, zone.value, DAY) === timeIn(recordedAt, zone.value, DAY) ? CLOCK_SECONDS : FULL,
  );

function Timeline({
  id,
  answer,
  first,
}: {
  readonly id: string;
  readonly answer: Answer<WithTimeline>;
  readonly first: TimelineConnection;
}): JSX.Element {
  const { entries: more, error, isReading, retry } = useLaterEvents(id, first);
  // Where the server is out of reach, old numbers stay; these are not all of them.
  const isCut = error?.code === 'OFFLINE';
  const entries = [...first.edges.map(({ node }) => node), ...more];
  return (
    <Panel
      name="timeline"
      title={LATER_SAYS.itsEvents(first.totalCount)}
      answer={{
        data: answer.data,
        isAsking: answer.isAsking || isReading || isCut,
        errors: error === undefined || isCut ? answer.errors : { session: error },
        retry: error === undefined ? answer.retry : retry,
      }}
      parts={['session']}
      isEmpty={entries.length === 0}
    >
      {entries.length > 0 && <Lanes entries={entries} />}
      {isCut && <Failure error={error} retry={retry} />}
      <Events entries={entries} />
    </Panel>
  );
}

const COLUMNS = [
  ...[LATER_WORDS.at, LATER_WORDS.stored, LATER_WORDS.event, WORDS.quality],
  ...[LATER_WORDS.seconds, LATER_WORDS.bytes, LATER_WORDS.more],
];

function Events({ entries }: { readonly entries: readonly TimelineEntry[] }): JSX.Element {
  return (
    <Scroll label={LATER_WORDS.events}>
      <table class="rows plain">
        <HeadRow columns={COLUMNS} />
        <tbody>
          {entries.map(({ at, recordedAt, type, quality, duration, bytes, detail }, i) => (
            <tr key={i} data-value={type}>
              <th scope="row" title={at}>
                {timeIn(at, zone.value, CLOCK_SECONDS)}
              </th>
              <td title={recordedAt} data-label={LATER_WORDS.stored}>
                {storedIn(recordedAt, at)}
              </td>
              <td class="text" data-label={LATER_WORDS.event}>
                <code>{type}</code>
              </td>
              <td class="text" data-label={WORDS.quality}>
                {quality}
              </td>
              <td
                data-label={LATER_WORDS.seconds}
                data-metric="duration"
                data-value={duration ?? ''}
              >
                {duration === null ? '' : exact(duration, 'count')}
              </td>
              <td data-label={LATER_WORDS.bytes} data-metric="bytes" data-value={bytes ?? ''}>
                {bytes === null ? '' : exact(bytes, 'count')}
              </td>
              <td class="text" dir="auto" data-label={LATER_WORDS.more}>
                {detail ?? ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
