import type { EventType, Recorded, Vocabulary } from './event.js';
import { faultOf } from './event-shapes.js';
import { isObject, type StoredData } from './stored-data.js';
import { isTime } from './time.js';

/**
 * Decodes a stored event into the current schema version. Throws UndecodableEvent for anything that
 * the edge or a decider would not have written.
 */
export function decodeEvent(facts: StoredFacts): Recorded {
  const { type, version, recordedAt, data: stored, damage } = facts;
  if (damage !== undefined) throw UndecodableEvent.damaged(damage);
  if (typeof type !== 'string' || !Number.isSafeInteger(version) || version < 1) {
    throw UndecodableEvent.malformed(type, version, 'never was');
  }
  if (!isEventType(type) || version > schemaVersionOf(type)) {
    throw UndecodableEvent.unknown(type, version);
  }
  const upcasters = UPCASTERS[type];
  let data = stored;
  if (!isObject(data)) throw UndecodableEvent.malformed(type, version, 'has no members');
  if (!isTime(recordedAt)) throw UndecodableEvent.malformed(type, version, 'has no recordedAt');
  for (let step = version - 1; step < upcasters.length; step += 1) {
    data = upcasters[step]?.(data) ?? data;
  }
  const fault = faultOf(type, data, recordedAt);
  if (fault !== undefined) throw UndecodableEvent.malformed(type, version, fault);
  return { type, data, recordedAt } as unknown as Recorded;
}

export type { StoredData };

/** An event as a store returns it; its members may hold anything. */
export interface StoredFacts {
  readonly type: string;
  /** The schema version of the data. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  readonly data: StoredData;
  /** The reason why the store could not read the event, if it could not. */
  readonly damage?: string;
}

/** Turns the data of one schema version into that of the next. */
type Upcaster = (data: StoredData) => StoredData;

/**
 * The upcasters of each stored type, oldest version first. A type's current schema version is one
 * more than its upcasters; `test/fixtures/events` holds one stored example of each version.
 */
const UPCASTERS: Readonly<Record<EventType, readonly Upcaster[]>> = {
  session_start: [],
  session_end: [],
  rebuffer_start: [],
  rebuffer_end: [],
  buffering: [],
  quality_changed: [],
  heartbeat: [],
  playback_error: [],
  manifest_generated: [],
  play_requested: [],
  paused: [],
  resumed: [],
  seeked: [],
  delivered: [],
  view_withdrawn: [],
  quality_reported: [],
  media_registered: [],
  log_created: [],
  vocabulary_extended: [],
  copy_begun: [],
  copy_completed: [],
  chapter_closed: [],
  cmcd_reported: [],
};

/** The stored types, which are also the names of the events. */
export const EVENT_TYPES = Object.keys(UPCASTERS) as readonly EventType[];

/** Returns the schema version in which events of a type are written. */
export const schemaVersionOf = (type: EventType): number => UPCASTERS[type].length + 1;

/** The types and schema versions that this code may write. */
export const VOCABULARY: Vocabulary = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, schemaVersionOf(type)]),
);

/** The most characters of a type's name that a message shows. */
const TYPE_LENGTH_SHOWN = 100;

/** A stored event that this code cannot read. */
export class UndecodableEvent extends Error {
  constructor(
    message: string,
    /** True for an unknown type or schema version, which a newer release may be able to read. */
    readonly isUnknown: boolean,
  ) {
    super(message);
    this.name = 'UndecodableEvent';
  }

  /** Makes the error for an event that the store could not read. */
  static damaged(damage: string): UndecodableEvent {
    const error = new UndecodableEvent(damage, false);
    error.name = 'DamagedEventError';
    return error;
  }

  /** Makes the error for a type or schema version that this code does not know. */
  static unknown(type: string, version: number): UndecodableEvent {
    return new UndecodableEvent(`no way to read ${describe(type, version)}`, true);
  }

  /** Makes the error for an event that is not as every event of its type is. */
  static malformed(type: string, version: number, fault: string): UndecodableEvent {
    return new UndecodableEvent(`${describe(type, version)} ${fault}`, false);
  }
}

/** Names an event's type and version, which may be anything, of any length. */
const describe = (type: unknown, version: unknown): string =>
  `a stored ${typeof type === 'string' ? type.slice(0, TYPE_LENGTH_SHOWN) : 'event of no type'}` +
  ` of schema version ${typeof version === 'number' ? String(version) : 'none'}`;

const isEventType = (type: string): type is EventType => Object.hasOwn(UPCASTERS, type);
