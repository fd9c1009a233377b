import type { AllStreamRecordedEvent, Position, RecordedEvent } from '@eventstore/db-client';
import type { StoredData } from '../../../domain/event-codec.js';
import { isTime, SECOND_MS } from '../../../domain/time.js';
import type { EventToAppend, StoredEvent } from '../../../ports/event-store.js';

/**
 * Makes an event of one of our streams. An event of other programs there, with foreign metadata,
 * gets schema version 0, which nobody can decode: better noticed than missing from the stream's
 * revisions. Data that are not JSON come as bytes, which have no members.
 */
export function storedEventOf({ metadata, createdMs, data, ...rest }: RecordedParts): StoredEvent {
  // Our own metadata say whose event it is; foreign metadata may hold anything.
  const { schemaVersion, recordedAt } = (metadata ?? {}) as Partial<Record<string, unknown>>;
  const isOurs = Number.isSafeInteger(schemaVersion) && isTime(recordedAt);
  return {
    ...rest,
    version: isOurs ? (schemaVersion as number) : NO_VERSION,
    // The successor names only the second; copies of a read model are to be the same.
    recordedAt: isOurs ? recordedAt : createdMs - (createdMs % SECOND_MS),
    data: data as StoredData,
  };
}

/** Our metadata beside an event's data. */
interface EventMetadata {
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  readonly schemaVersion: number;
}

/** The schema version that no event has. */
const NO_VERSION = 0;

export const metadataOf = ({ recordedAt, version }: EventToAppend): EventMetadata => ({
  recordedAt,
  schemaVersion: version,
});

/** The parts of a stored event, from either client. */
interface RecordedParts extends Pick<StoredEvent, 'id' | 'stream' | 'type' | 'revision'> {
  readonly position: number;
  /** The time at which the server stored it, epoch milliseconds. */
  readonly createdMs: number;
  /** Parsed data; bytes or text if they are no JSON. */
  readonly data: unknown;
  readonly metadata: unknown;
}

/** Makes an event from one that the client of our appends has read. */
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

/** Says whether an event is ours; in our streams the server notes that they were deleted. */
export const isOurs = (
  { streamId, type }: Pick<AllStreamRecordedEvent, 'streamId' | 'type'>,
  prefix: string,
): boolean => streamId.startsWith(prefix) && !type.startsWith('$');

/** Returns the place of our event as one number: we use no transactions over several calls. */
export function toPosition({ commit, prepare }: Position): number {
  if (commit !== prepare)
    throw new Error(`an event of ours lies at ${String(commit)}, prepared at ${String(prepare)}`);
  return toSafe(commit);
}

/** Returns a place in the server's log, of any event, as a number. */
export function toSafe(commit: bigint): number {
  const position = Number(commit);
  if (!Number.isSafeInteger(position)) throw new Error(`position ${String(commit)} is too large`);
  return position;
}
