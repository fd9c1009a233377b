import { documentKey } from '../src/domain/document-key.js';
import { isPlaybackEvent, type Recorded } from '../src/domain/event.js';
import type { Projection } from '../src/ports/projection.js';

/** A session with a view under way. */
export interface SessionDocument {
  readonly mediaId: string;
  readonly sessionId: string;
  /** When its last event was stored, by the server's clock; epoch milliseconds. */
  readonly lastRecordedAt: number;
}

export const LAST_RECORDED_AT = 'lastRecordedAt';

const sessionKey = (mediaId: string, sessionId: string): string =>
  documentKey('session', mediaId, sessionId);

function keysOf(event: Recorded): readonly string[] {
  if (!isPlaybackEvent(event)) return [];
  if (event.type === 'quality_reported') return [];
  return [sessionKey(event.data.mediaId, event.data.sessionId)];
}

function evolve(
  document: SessionDocument | undefined,
  event: Recorded,
): SessionDocument | undefined {
  if (!isPlaybackEvent(event)) return document;
  const { mediaId, sessionId, open } = event.data;
  return open ? { mediaId, sessionId, lastRecordedAt: event.recordedAt } : undefined;
}

/** The sessions with a view under way, so that the idle ones can be ended. */
export const sessions: Projection<SessionDocument> = {
  name: 'sessions',
  version: 1,
  indexes: [LAST_RECORDED_AT],
  keysOf,
  evolve,
  indexValuesOf: ({ lastRecordedAt }) => ({ [LAST_RECORDED_AT]: lastRecordedAt }),
  measure: () => ({ open: 1 }),
};
