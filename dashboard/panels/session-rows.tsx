import type { JSX } from 'preact';
import { linkTo, zone } from '../address/router.js';
import type { Session } from '../api/schema.js';
import { DAY_CLOCK, short, timeIn } from '../figures/format.js';
import { STATE_NAMES } from '../texts.js';
import { moveByArrows } from './arrows.js';

export const SESSION_FIELDS = `id media { mediaId title } state startedAt lastAt watchTime startupTime
  completed stalls stalledTime bytes quality errorCode
  context { country player device os browser app cdn page referrer live custom1 custom2 custom3 }`;

/** Sessions one a row, each a link to its timeline. */
export function SessionRows({
  sessions,
  isOfOneTitle = false,
}: {
  readonly sessions: readonly Session[];
  readonly isOfOneTitle?: boolean;
}): JSX.Element {
  const columns = [
    'Start',
    ...(isOfOneTitle ? [] : ['Title']),
    ...['State', 'Watched', 'Stalls', 'Startup', 'Quality', 'Country', 'Player', 'Error'],
  ];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Sessions">
      <table class="rows plain" onKeyDown={moveByArrows}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} isOfOneTitle={isOfOneTitle} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SessionRow({
  session,
  isOfOneTitle,
}: {
  readonly session: Session;
  readonly isOfOneTitle: boolean;
}): JSX.Element {
  const { id, media, state, startedAt, watchTime, stalls, startupTime, quality } = session;
  const { context, errorCode } = session;
  return (
    <tr data-value={id}>
      <th scope="row">
        <a href={linkTo({ page: 'sessions', id })}>{timeIn(startedAt, zone.value, DAY_CLOCK)}</a>
      </th>
      {!isOfOneTitle && (
        <td class="text">
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
      <td class="text">
        <span class={`state ${state.toLowerCase()}`}>{STATE_NAMES[state]}</span>
      </td>
      <td data-metric="watchTime" data-value={watchTime ?? ''}>
        {short(watchTime, 'seconds')}
      </td>
      <td data-metric="stalls" data-value={stalls ?? ''}>
        {short(stalls, 'count')}
      </td>
      <td data-metric="startupTime" data-value={startupTime ?? ''}>
        {short(startupTime, 'moment')}
      </td>
      <td class="text">{quality}</td>
      <td class="text">{context.country ?? '–'}</td>
      <td class="text">{context.player ?? '–'}</td>
      <td class="text">{errorCode ?? ''}</td>
    </tr>
  );
}
