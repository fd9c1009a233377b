import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { linkTo, zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN } from '../api/course.js';
import { ask, AskError } from '../api/ask.js';
import { keyHeaders } from '../api/key.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { Session, TimelineConnection, TimelineEntry } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { CLOCK_SECONDS, exact, FULL, short, timeIn } from '../figures/format.js';
import { Lanes } from '../panels/lanes.jsx';
import { Failure, Panel } from '../panels/panel.jsx';
import { SESSION_FIELDS } from '../panels/session-rows.jsx';
import { DIMENSIONS } from '../address/words.js';
import { STATE_NAMES } from '../texts.js';

const EVENTS = 100;
const TIMELINE = `timeline(first: ${String(EVENTS)}, after: $after) { totalCount
  pageInfo { hasNextPage endCursor }
  edges { node { at recordedAt type quality duration bytes detail } } }`;

type SessionAnswer = HeadAnswer & { readonly session: Session | null };
interface WithTimeline {
  readonly session: { readonly timeline: TimelineConnection } | null;
}

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
        <a href={linkTo({ page: 'sessions', id: undefined })}>‹ Sessions</a>
      </p>
      <Panel
        name="session"
        title="Session"
        answer={answer}
        parts={['session']}
        isEmpty={session === null}
      >
        {session === null && <p class="nothing">There is no such session, or none any more.</p>}
        {session != null && <Facts session={session} />}
      </Panel>
      {session != null && <Timeline id={id} answer={answer} first={session.timeline} />}
    </>
  );
}

function Facts({ session }: { readonly session: Session }): JSX.Element {
  const { media, context, viewer, sessionId } = session;
  const facts: readonly (readonly [string, JSX.Element | string | null])[] = [
    [
      'Title',
      <a dir="auto" href={linkTo({ page: 'media', id: media.mediaId })}>
        {media.title}
      </a>,
    ],
    ['State', STATE_NAMES[session.state]],
    ['Started', timeIn(session.startedAt, zone.value, FULL)],
    ['Last event', timeIn(session.lastAt, zone.value, FULL)],
    ['Watched', exactOr(session.watchTime, 'seconds')],
    ['Startup', exactOr(session.startupTime, 'moment')],
    ['Stalls', exactOr(session.stalls, 'count')],
    ['Stalled', exactOr(session.stalledTime, 'seconds')],
    ['Delivered', exactOr(session.bytes, 'bytes')],
    ['Completed', session.completed === null ? null : session.completed ? 'yes' : 'no'],
    ['Start quality', session.quality],
    ['Error', session.errorCode],
    ['Viewer (keyed hash)', viewer],
    ['Session id', sessionId],
    ...Object.entries(context).map(([name, value]) => {
      const dimension = DIMENSIONS.nameOf(name);
      const label = dimension === undefined ? name : dimensionName(dimension);
      return [label, value === null ? null : String(value)] as const;
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

const exactOr = (value: number | null, unit: Parameters<typeof exact>[1]): string | null =>
  value === null ? null : exact(value, unit);

/** Reads the pages of a timeline after the first, one after the other. */
function useLaterEvents(
  id: string,
  first: TimelineConnection,
): { readonly entries: readonly TimelineEntry[]; readonly error: AskError | undefined } {
  const [later, setLater] = useState<readonly TimelineEntry[]>([]);
  const [error, setError] = useState<AskError | undefined>(undefined);
  const entries = first.edges.map(({ node }) => node);
  const cursor = first.pageInfo.endCursor;
  useEffect(() => {
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      let { pageInfo } = first;
      const found: TimelineEntry[] = [];
      while (pageInfo.hasNextPage) {
        const parts = { session: `session(id: $id) { ${TIMELINE} }` };
        const question = { parts, variables: { id, after: pageInfo.endCursor } };
        const options = { headers: keyHeaders(), signal: abort.signal };
        const { session } = await ask<WithTimeline>(question, options);
        if (session === null) return;
        pageInfo = session.timeline.pageInfo;
        found.push(...session.timeline.edges.map(({ node }) => node));
        setLater([...found]);
      }
    };
    read().catch((fault: unknown) => {
      if (fault instanceof AskError) setError(fault);
    });
    return () => {
      abort.abort();
    };
  }, [id, cursor, first.totalCount]);
  return { entries: [...entries, ...later], error };
}

function Timeline({
  id,
  answer,
  first,
}: {
  readonly id: string;
  readonly answer: Answer<WithTimeline>;
  readonly first: TimelineConnection;
}): JSX.Element {
  const { entries, error } = useLaterEvents(id, first);
  return (
    <Panel
      name="timeline"
      title={`Its ${short(first.totalCount, 'count')} events`}
      answer={answer}
      parts={['session']}
      isEmpty={entries.length === 0}
    >
      {entries.length > 0 && <Lanes entries={entries} />}
      {error !== undefined && <Failure error={error} retry={answer.retry} />}
      <Events entries={entries} />
    </Panel>
  );
}

const COLUMNS = ['At', 'Stored', 'Event', 'Quality', 'Seconds', 'Bytes', 'More'];

function Events({ entries }: { readonly entries: readonly TimelineEntry[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Events">
      <table class="rows plain">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map(({ at, recordedAt, type, quality, duration, bytes, detail }, i) => (
            <tr key={i} data-value={type}>
              <th scope="row" title={at}>
                {timeIn(at, zone.value, CLOCK_SECONDS)}
              </th>
              <td title={recordedAt}>{timeIn(recordedAt, zone.value, CLOCK_SECONDS)}</td>
              <td class="text">
                <code>{type}</code>
              </td>
              <td class="text">{quality}</td>
              <td data-metric="duration" data-value={duration ?? ''}>
                {duration ?? ''}
              </td>
              <td data-metric="bytes" data-value={bytes ?? ''}>
                {bytes === null ? '' : exact(bytes, 'count')}
              </td>
              <td class="text" dir="auto">
                {detail ?? ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
