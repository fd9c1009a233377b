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
  // Of a player without play states nobody knows what became of its view, but by a CDN's log.
  const isUntold = count('viewsWithoutStates') > 0;
  const told = <T>(value: T): T | null => (isUntold ? null : value);
  const shown = <T>(value: T): T | null => (count('deliveredMs') > 0 ? value : told(value));
  return {
    id,
    media,
    viewer: viewerId,
    sessionId,
    state: stateOf(row),
    startedAt,
    lastAt,
    watchTime: shown(seconds(count('watchedMs'))),
    startupTime: startupMs === undefined ? null : seconds(startupMs),
    completed: count('views') === 0 ? null : told(row.isEnded === true),
    stalls: shown(count('stalls')),
    stalledTime: told(seconds(count('stalledMs'))),
    bytes: count('bytes'),
    quality,
    errorCode: errorCode === '' ? null : errorCode,
    context: row.context ?? {},
  };
}

/** Returns the state of a session; the reason of its end, if it is over, tells it. */
const stateOf = ({ endReason, state }: SessionRow): SessionState =>
  endReason === '' ? state : stateAtEnd(endReason);
