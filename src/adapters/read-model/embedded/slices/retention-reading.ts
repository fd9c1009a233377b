import { isView, LengthCounts, RetentionSum } from '../../../../domain/figures/retention.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { areAll, daysIn } from '../../../../domain/figures/session-places.js';
import {
  doHold,
  type RetentionAnswer,
  type RetentionQuestion,
} from '../../../../ports/read-model/slices.js';
import type { SessionRows } from './session-rows.js';

/**
 * Sums up which parts of a title its views showed, from their documents, as columns do not hold
 * that. It reads them twice: only after the first time it knows the length that most views state.
 */
export function readRetention(rows: SessionRows, question: RetentionQuestion): RetentionAnswer {
  const { filters, registeredMs } = question;
  const isWanted = (session: SessionRow): boolean => isView(session) && doHold(filters, session);
  const lengths = new LengthCounts();
  let sessions = 0;
  for (const session of sessionsOf(rows, question)) {
    sessions += 1;
    const { mediaDurationMs } = session;
    if (mediaDurationMs !== undefined && isWanted(session)) lengths.add(mediaDurationMs);
  }
  const lengthMs = lengths.commonest() ?? registeredMs;
  const sum = new RetentionSum(lengthMs ?? 0, registeredMs !== undefined);
  const read = areAll(question.slots) ? {} : { sessions };
  if (lengthMs === undefined) return { ...sum.sums(), ...read };
  for (const session of sessionsOf(rows, question)) if (isWanted(session)) sum.add(session);
  return { ...sum.sums(), lengthMs, ...read };
}

/** Returns the sessions of the title that started in the stretch. */
function* sessionsOf(
  rows: SessionRows,
  { stretch, mediaId, slots }: RetentionQuestion,
): Generator<SessionRow> {
  const days = daysIn([stretch]).flatMap((range) => rows.startedDays(range, mediaId));
  for (const day of days) {
    for (const chunk of rows.of({ kind: 'started', day, mediaId, slots })) {
      for (const [, session] of chunk) {
        const { startedAt } = session;
        const isOfTitle = session.mediaId === mediaId;
        if (isOfTitle && startedAt >= stretch.from && startedAt < stretch.to) yield session;
      }
    }
  }
}
