import { linkTo } from '../address/router.js';
import type { Question } from '../api/document.js';
import type { Session } from '../api/schema.js';
import { NOT_KNOWN, WORDS } from '../texts.js';
import { DOUBTS, SESSION_FORMULAS } from '../formulas.js';
import { LATER_SAYS, LATER_WORDS, SESSION_NAMES } from '../texts-later.js';
import type { Unit } from './format.js';
import type { Reason } from './reason.js';

/** The figures of a session, and their units. */
export const SESSION_UNITS = {
  watchTime: 'seconds',
  stalls: 'count',
  stalledTime: 'seconds',
  startupTime: 'moment',
  bytes: 'bytes',
} as const satisfies Partial<Record<keyof Session, Unit>>;
export type SessionMetric = keyof typeof SESSION_UNITS;

const GROWING: readonly Session['state'][] = ['STARTING', 'PLAYING', 'STALLED', 'PAUSED'];

/** Says how exact a figure is. Of a session that only a log shows the stalled time is unknown. */
function certaintyOf({ watchTime, stalledTime }: Session, metric: SessionMetric): string {
  if (metric === 'bytes') return DOUBTS.asBytes;
  const isOfLog = stalledTime === null && watchTime !== null;
  return isOfLog && (metric === 'watchTime' || metric === 'stalls')
    ? LATER_WORDS.ofLog
    : WORDS.exact;
}

/** Collects what there is to say of a figure of one session. */
export const reasonOfSession = (
  session: Session,
  metric: SessionMetric,
  question: Question,
): Reason => ({
  metric,
  label: LATER_SAYS.sessionFigure(SESSION_NAMES[metric], session.media.title),
  value: session[metric],
  missing: NOT_KNOWN,
  unit: SESSION_UNITS[metric],
  formula: SESSION_FORMULAS[metric],
  section: '#sessions-and-session',
  question,
  certainty:
    certaintyOf(session, metric) +
    (GROWING.includes(session.state) ? ` ${LATER_WORDS.stillGrows}` : ''),
  link: { href: linkTo({ page: 'sessions', id: session.id }), text: LATER_WORDS.itsEvents },
});
