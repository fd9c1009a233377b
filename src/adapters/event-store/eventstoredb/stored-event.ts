import type { AllStreamRecordedEvent, Position, RecordedEvent } from '@eventstore/db-client';
import type { StoredData } from '../../../domain/event-codec.js';
import { isTime } from '../../../domain/time.js';
import type { EventToAppend, StoredEvent } from '../../../ports/event-store.js';

/** What we store beside an event's data. */
interface EventMetadata {
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  readonly schemaVersion: number;
}

/** No event is of this schema version. */
const NO_VERSION = 0;

export const metadataOf = ({ recordedAt, version }: EventToAppend): EventMetadata => ({
  recordedAt,
  schemaVersion: version,
});

/**
 * An event of one of our streams. What somebody else wrote there, with other metadata than ours,
 * comes with schema version 0, which nobody can decode: better noticed than left out of the
 * stream's revisions. Data that are not JSON come as bytes, which have no members.
 */
export function toStoredEvent(event: RecordedEvent | AllStreamRecordedEvent): StoredEvent {
  const { id, streamId, revision, type, position } = event;
  if (position === undefined) throw new Error('the server is too old: it names no positions');
  return {
    id,
    stream: streamId,
    type,
    ...ofMetadata(event),
    data: event.data as StoredData,
    revision: Number(revision),
    position: toPosition(position),
  };
}

/** What our own metadata say; anything may be in those of others. */
function ofMetadata({
  metadata,
  created,
}: RecordedEvent): Pick<StoredEvent, 'version' | 'recordedAt'> {
  const { schemaVersion, recordedAt } = (metadata ?? {}) as Partial<Record<string, unknown>>;
  return Number.isSafeInteger(schemaVersion) && isTime(recordedAt)
    ? { version: schemaVersion as number, recordedAt }
    : { version: NO_VERSION, recordedAt: created.getTime() };
}

/** Whether an event is one of ours; in our streams the server writes that they were deleted. */
export const isOurs = (
  { streamId, type }: Pick<AllStreamRecordedEvent, 'streamId' | 'type'>,
  prefix: string,
): boolean => streamId.startsWith(prefix) && !type.startsWith('$');

/** The place of one of our events: one number, since we use no transactions over several calls. */
export function toPosition({ commit, prepare }: Position): number {
  if (commit !== prepare)
    throw new Error(`an event of ours lies at ${String(commit)}, prepared at ${String(prepare)}`);
  return toSafe(commit);
}

/** A place in the server's log, of whatever event, as a number. */
export function toSafe(commit: bigint): number {
  const position = Number(commit);
  if (!Number.isSafeInteger(position)) throw new Error(`position ${String(commit)} is too large`);
  return position;
}
