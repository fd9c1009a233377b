import type { DomainEvent, EventType, Vocabulary } from './event.js';

/** An event's data as stored: a JSON object. */
export type StoredData = Readonly<Record<string, unknown>>;

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
  quality_reported: [],
  media_registered: [],
  log_created: [],
  vocabulary_extended: [],
};

/** The stored types, which are also the names of the events. */
export const EVENT_TYPES = Object.keys(UPCASTERS) as readonly EventType[];

/** The schema version in which events of a type are written. */
export const schemaVersionOf = (type: EventType): number => UPCASTERS[type].length + 1;

/** What this code may write. */
export const VOCABULARY: Vocabulary = Object.fromEntries(
  EVENT_TYPES.map((type) => [type, schemaVersionOf(type)]),
);

/** Of a type's name in a message. */
const TYPE_LENGTH_SHOWN = 100;

type Members = readonly (readonly [name: string, type: 'string' | 'number' | 'object'])[];

const OF_PLAYBACK: Members = [
  ['mediaId', 'string'],
  ['sessionId', 'string'],
  ['occurredAt', 'number'],
  ['quality', 'string'],
];
const OF_MEDIA: Members = [
  ['mediaId', 'string'],
  ['title', 'string'],
  ['occurredAt', 'number'],
];
const OF_LOG: Members = [
  ['storeId', 'string'],
  ['secretFingerprint', 'string'],
];

const OF_VOCABULARY: Members = [['vocabulary', 'object']];

/** What says where an event belongs: without it, it would be counted where nobody looks. */
function essentialsOf(type: EventType): Members {
  if (type === 'log_created') return OF_LOG;
  if (type === 'vocabulary_extended') return OF_VOCABULARY;
  return type === 'media_registered' ? OF_MEDIA : OF_PLAYBACK;
}

/** A stored event that this code cannot read. */
export class UndecodableEvent extends Error {
  constructor(
    message: string,
    /** Whether a newer release may be able to: its type or schema version is not known here. */
    readonly isUnknown: boolean,
  ) {
    super(message);
    this.name = 'UndecodableEvent';
  }

  /** The log says why it cannot be read. */
  static damaged(damage: string): UndecodableEvent {
    return new UndecodableEvent(damage, false);
  }

  /** Of a type or schema version that this code does not have. */
  static unknown(type: string, version: number): UndecodableEvent {
    return new UndecodableEvent(`no way to read ${describe(type, version)}`, true);
  }

  /** Not as every event of its type is. */
  static malformed(type: string, version: number, fault: string): UndecodableEvent {
    return new UndecodableEvent(`${describe(type, version)} ${fault}`, false);
  }
}

/** The type may be anything, and long. */
const describe = (type: string, version: number): string =>
  `a stored ${type.slice(0, TYPE_LENGTH_SHOWN)} of schema version ${String(version)}`;

/** The event that was stored, brought up to the current schema version; or UndecodableEvent. */
export function decodeEvent(type: string, version: number, stored: StoredData): DomainEvent {
  if (!isEventType(type) || !(version <= schemaVersionOf(type))) {
    throw UndecodableEvent.unknown(type, version);
  }
  if (!(version >= 1)) throw UndecodableEvent.malformed(type, version, 'never was');
  const upcasters = UPCASTERS[type];
  let data = stored;
  for (let step = version - 1; step < upcasters.length; step += 1) {
    data = upcasters[step]?.(data) ?? data;
  }
  for (const [name, kind] of essentialsOf(type)) {
    if (typeof data[name] !== kind) {
      throw UndecodableEvent.malformed(type, version, `has no ${name}`);
    }
  }
  return { type, data } as unknown as DomainEvent;
}

const isEventType = (type: string): type is EventType => Object.hasOwn(UPCASTERS, type);
