import { asText, DocumentKind } from '../src/domain/document-key.js';
import { isPlaybackEvent, type PlaybackEvent, type Recorded } from '../src/domain/event.js';
import { createProjection, type FoldSettings } from '../src/ports/projection.js';

/** A session that is not over. */
export interface SessionDocument {
  readonly mediaId: string;
  readonly sessionId: string;
  /** When its last event was stored, by the server's clock; epoch milliseconds. */
  readonly lastRecordedAt: number;
}

/** The settings that the sessions are folded with. */
export interface SessionSettings extends FoldSettings {
  /** A view that was watched for so long is a qualified one. */
  readonly qualifiedViewMs: number;
}

export const LAST_RECORDED_AT = 'lastRecordedAt';

export const SESSION = new DocumentKind<SessionDocument, [mediaId: string, sessionId: string]>(
  'session',
  [asText, asText],
);

function keysOf({ type, data }: PlaybackEvent): readonly string[] {
  return type === 'quality_reported' ? [] : [SESSION.key(data.mediaId, data.sessionId)];
}

function evolve(
  _: SessionDocument | undefined,
  { data, recordedAt }: Recorded<PlaybackEvent>,
): SessionDocument | undefined {
  const { mediaId, sessionId, open } = data;
  return open ? { mediaId, sessionId, lastRecordedAt: recordedAt } : undefined;
}

/** The sessions that are not over, so that the idle ones can be ended. */
export const sessions = createProjection<[typeof SESSION], PlaybackEvent>({
  name: 'sessions',
  version: 2,
  indexes: [LAST_RECORDED_AT],
  takes: isPlaybackEvent,
  keysOf,
  folds: [
    {
      kind: SESSION,
      evolve,
      indexValuesOf: ({ lastRecordedAt }) => ({ [LAST_RECORDED_AT]: lastRecordedAt }),
      measure: () => ({ open: 1 }),
    },
  ],
});
