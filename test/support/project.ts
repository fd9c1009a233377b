import type { CdnView, PlaybackEvent, PlaybackFacts, Recorded } from '../../src/domain/event.js';
import type { Projection } from '../../src/ports/projection.js';
import { NOON } from './playback.js';

/** The documents that events make, one event after the other, and the sums over them. */
export function project<Document extends object>(
  projection: Projection<Document>,
  events: readonly Recorded[],
): Readonly<Record<string, Document>> {
  const documents = new Map<string, Document>();
  for (const event of events) {
    for (const key of projection.keysOf(event)) {
      const before = documents.get(key);
      const document = projection.evolve(before, event, key, projection.settings);
      if (document === undefined) documents.delete(key);
      else documents.set(key, document);
      addDifferences(projection, documents, [before, document, key]);
    }
  }
  return Object.fromEntries(documents);
}

function addDifferences<Document extends object>(
  { sums }: Projection<Document>,
  documents: Map<string, Document>,
  change: readonly [before: Document | undefined, after: Document | undefined, key: string],
): void {
  for (const { key, amount } of sums?.differencesOf(...change) ?? []) {
    documents.set(key, sums?.add(documents.get(key), [amount], key) as Document);
  }
}

type Extras = Partial<PlaybackFacts> & {
  readonly reason?: string;
  readonly bufferingEvents?: number;
  readonly withdrawn?: CdnView;
};

/** A stored event of the session `s1` of the media `m1`, at noon, in MEDIUM. */
export function stored(
  type: PlaybackEvent['type'],
  data: Extras = {},
  recordedAt = NOON,
): Recorded<PlaybackEvent> {
  const ids = { mediaId: 'm1', sessionId: 's1', eventId: 'e1' };
  const defaults = { ...ids, occurredAt: NOON, quality: 'MEDIUM', open: type !== 'session_end' };
  const ended = type === 'session_end' ? { reason: 'ENDED' } : {};
  const reported = type === 'quality_reported' ? { bufferingEvents: 0 } : {};
  const event = { type, data: { ...defaults, ...ended, ...reported, ...data }, recordedAt };
  return event as Recorded<PlaybackEvent>;
}

/** A media item that an administrator registered. */
export const registered = (mediaId: string, title: string, occurredAt = NOON): Recorded => ({
  type: 'media_registered',
  data: { mediaId, title, occurredAt },
  recordedAt: occurredAt,
});

export const logCreated: Recorded = {
  type: 'log_created',
  data: { storeId: 'a', secretFingerprint: 'b' },
  recordedAt: NOON,
};
