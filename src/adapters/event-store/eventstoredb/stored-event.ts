import type { AllStreamRecordedEvent, Position, RecordedEvent } from '@eventstore/db-client';
import type { StoredData } from '../../../domain/event-codec.js';
import { isTime, SECOND_MS } from '../../../domain/time.js';
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

/** An event as it is stored, whichever client read it. */
interface RecordedParts extends Pick<StoredEvent, 'id' | 'stream' | 'type' | 'revision'> {
  readonly position: number;
  /** When the server stored it, epoch milliseconds. */
  readonly createdMs: number;
  /** Parsed; what is no JSON as bytes or text. */
  readonly data: unknown;
  readonly metadata: unknown;
}

/**
 * An event of one of our streams. What somebody else wrote there, with other metadata than ours,
 * comes with schema version 0, which nobody can decode: better noticed than left out of the
 * stream's revisions. Data that are not JSON come as bytes, which have no members.
 */
export function storedEventOf({ metadata, createdMs, data, ...rest }: RecordedParts): StoredEvent {
  // Our own metadata say it; anything may be in those of others.
  const { schemaVersion, recordedAt } = (metadata ?? {}) as Partial<Record<string, unknown>>;
  const isOurs = Number.isSafeInteger(schemaVersion) && isTime(recordedAt);
  return {
    ...rest,
    version: isOurs ? (schemaVersion as number) : NO_VERSION,
    // The successor names the second; copies of a read model are to be the same.
    recordedAt: isOurs ? recordedAt : createdMs - (createdMs % SECOND_MS),
    data: data as StoredData,
  };
}

/** The same of what the client of our appends reads. */
export function toStoredEvent(event: RecordedEvent | AllStreamRecordedEvent): StoredEvent {
  const { id, streamId: stream, revision, type, position, created, data, metadata } = event;
  if (position === undefined) throw new Error('the server is too old: it names no positions');
  return storedEventOf({
    id,
    stream,
    type,
    revision: Number(revision),
    position: toPosition(position),
    createdMs: created.getTime(),
    data,
    metadata,
  });
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
