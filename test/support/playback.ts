import type { PlaybackCommand, QualityReport } from '../../src/domain/playback-session.js';
import type { PlaybackReport } from '../../src/domain/session-events.js';

/** A noon like any other: a Wednesday, at the full hour. */
export const NOON = Date.UTC(2026, 2, 18, 12);

type Reported = Partial<PlaybackReport>;

let reportsMade = 0;

/** A player's report of something in the session `s1` of the media `m1`; its event id is new. */
export function report(type: PlaybackReport['type'], fields: Reported = {}): PlaybackCommand {
  reportsMade += 1;
  const defaults = { mediaId: 'm1', sessionId: 's1', isImplicit: false, occurredAt: NOON };
  const eventId = `event-${String(reportsMade)}`;
  return { kind: 'record', report: { ...defaults, type, eventId, ...fields } };
}

export const start = (fields?: Reported): PlaybackCommand => report('session_start', fields);
export const heartbeat = (fields?: Reported): PlaybackCommand => report('heartbeat', fields);
export const end = (fields?: Reported): PlaybackCommand => report('session_end', fields);

/** Ends the session if nothing was recorded in it after a tick of the story. */
export const timeOut = (idleSince = Infinity): PlaybackCommand => ({
  kind: 'time-out',
  mediaId: 'm1',
  sessionId: 's1',
  idleSince,
});

export function qualityReport(fields: Partial<QualityReport> = {}): PlaybackCommand {
  const counts = { quality: 'HIGH', bufferingEvents: 2, watchMs: 60_000 } as const;
  const ids = { mediaId: 'm1', reportId: 'r1', occurredAt: NOON };
  return { kind: 'report-quality', report: { ...ids, ...counts, ...fields } };
}
