import { dimensionOf } from '../../domain/figures/dimensions.js';
import { PLACE } from '../../domain/figures/figure-counts.js';
import { stateAtEnd, type SessionState } from '../../domain/figures/playback-state.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import { seconds } from '../../domain/units.js';
import type { Stream } from '../popular-streams.query.js';
import type { Session } from './sessions.query.js';

/** Makes the API's form of a session from its row. */
export function toSession(row: SessionRow, id: string, media: Stream | undefined): Session {
  const { startupMs, viewerId = null, sessionId, startedAt, lastAt, quality } = row;
  const count = (name: keyof typeof PLACE): number => row.counts[PLACE[name]] ?? 0;
  const errorCode = dimensionOf(row, 'ERROR_CODE');
  // Of a player without play states nobody knows what became of its view.
  const told = <T>(value: T): T | null => (count('viewsWithoutStates') > 0 ? null : value);
  return {
    id,
    media,
    viewer: viewerId,
    sessionId,
    state: stateOf(row),
    startedAt,
    lastAt,
    watchTime: told(seconds(count('watchedMs'))),
    startupTime: startupMs === undefined ? null : seconds(startupMs),
    completed: count('views') === 0 ? null : told(row.isEnded === true),
    stalls: told(count('stalls')),
    stalledTime: told(seconds(count('stalledMs'))),
    bytes: count('bytes'),
    quality,
    errorCode: errorCode === '' ? null : errorCode,
    context: row.context ?? {},
  };
}

/** An end tells the state of what is over. */
const stateOf = ({ endReason, state }: SessionRow): SessionState =>
  endReason === '' ? state : stateAtEnd(endReason);
