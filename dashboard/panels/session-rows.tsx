import type { JSX } from 'preact';
import { linkTo, zone } from '../address/router.js';
import type { Question } from '../api/document.js';
import type { Session } from '../api/schema.js';
import { DAY_CLOCK, timeIn } from '../figures/format.js';
import { reasonOfSession, type SessionMetric } from '../figures/session-reasons.js';
import { DIMENSION_NAMES, WORDS } from '../texts.js';
import { LATER_WORDS, SESSION_NAMES, STATE_NAMES } from '../texts-later.js';
import { moveByArrows } from './arrows.js';
import { useLearntName } from './known-names.js';
import { HeadRow, Scroll } from './table.jsx';
import { Why } from './why.jsx';

export const SESSION_FIELDS = `id media { mediaId title } state startedAt lastAt watchTime startupTime
  completed stalls stalledTime bytes quality errorCode
  context { country player device os browser app cdn page referrer live custom1 custom2 custom3 }`;

/** Sessions one a row, each a link to its timeline. */
export function SessionRows({
  sessions,
  question,
  isOfOneTitle = false,
}: {
  readonly sessions: readonly Session[];
  /** The question that they are the answer to. */
  readonly question: Question;
  readonly isOfOneTitle?: boolean;
}): JSX.Element {
  return (
    <Scroll label={LATER_WORDS.sessions}>
      <table class="rows plain" onKeyDown={moveByArrows}>
        <HeadRow
          columns={[
            ...[WORDS.start, ...(isOfOneTitle ? [] : [DIMENSION_NAMES.MEDIA]), LATER_WORDS.state],
            ...SHOWN.map((metric) => SESSION_NAMES[metric]),
            ...[WORDS.quality, DIMENSION_NAMES.COUNTRY, DIMENSION_NAMES.DEVICE],
            ...[DIMENSION_NAMES.PLAYER, LATER_WORDS.error],
          ]}
        />
        <tbody>
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              question={question}
              isOfOneTitle={isOfOneTitle}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const SHOWN: readonly SessionMetric[] = ['watchTime', 'stalls', 'startupTime'];

function SessionRow({
  session,
  question,
  isOfOneTitle,
}: {
  readonly session: Session;
  readonly question: Question;
  readonly isOfOneTitle: boolean;
}): JSX.Element {
  const { id, media, state, startedAt, quality, context, errorCode } = session;
  useLearntName('MEDIA', media.mediaId, media.title);
  const text = (label: string, value: string | null): JSX.Element => (
    <td class="text" data-label={label}>
      {value ?? '–'}
    </td>
  );
  return (
    <tr data-value={id}>
      <th scope="row">
        <a href={linkTo({ page: 'sessions', id })}>{timeIn(startedAt, zone.value, DAY_CLOCK)}</a>
      </th>
      {!isOfOneTitle && (
        <td class="text" data-label={DIMENSION_NAMES.MEDIA}>
          <a
            class="cut"
            dir="auto"
            title={media.title}
            href={linkTo({ page: 'media', id: media.mediaId })}
          >
            {media.title}
          </a>
        </td>
      )}
      <td class="text" data-label={LATER_WORDS.state}>
        <span class={`state ${state.toLowerCase()}`}>{STATE_NAMES[state]}</span>
      </td>
      {SHOWN.map((metric) => (
        <td key={metric} data-label={SESSION_NAMES[metric]}>
          <Why isInTable reason={reasonOfSession(session, metric, question)} />
        </td>
      ))}
      {text(WORDS.quality, quality)}
      {text(DIMENSION_NAMES.COUNTRY, context.country)}
      {text(DIMENSION_NAMES.DEVICE, context.device)}
      {text(DIMENSION_NAMES.PLAYER, context.player)}
      {text(LATER_WORDS.error, errorCode)}
    </tr>
  );
}
