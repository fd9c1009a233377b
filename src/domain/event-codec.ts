import type { DomainEvent, EventType } from './event.js';

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
};

/** The stored types, which are also the names of the events. */
export const EVENT_TYPES = Object.keys(UPCASTERS) as readonly EventType[];

/** The schema version in which events of a type are written. */
export const schemaVersionOf = (type: EventType): number => UPCASTERS[type].length + 1;

type Members = readonly (readonly [name: string, type: 'string' | 'number'])[];

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

/** What says where an event belongs: without it, it would be counted where nobody looks. */
function essentialsOf(type: EventType): Members {
  if (type === 'log_created') return OF_LOG;
  return type === 'media_registered' ? OF_MEDIA : OF_PLAYBACK;
}

/**
 * A stored event that this code cannot read: of an unknown type, of a newer schema version, or
 * without what every event of its type has.
 */
export class UndecodableEvent extends Error {
  constructor(type: string, version: number, missing?: string) {
    const what = `a stored ${type} of schema version ${String(version)}`;
    super(missing === undefined ? `no way to read ${what}` : `${what} has no ${missing}`);
    this.name = 'UndecodableEvent';
  }
}

/** The event that was stored, brought up to the current schema version; or UndecodableEvent. */
export function decodeEvent(type: string, version: number, stored: StoredData): DomainEvent {
  if (!isEventType(type) || version < 1 || version > schemaVersionOf(type)) {
    throw new UndecodableEvent(type, version);
  }
  const upcasters = UPCASTERS[type];
  let data = stored;
  for (let step = version - 1; step < upcasters.length; step += 1) {
    data = upcasters[step]?.(data) ?? data;
  }
  for (const [name, kind] of essentialsOf(type)) {
    if (typeof data[name] !== kind) throw new UndecodableEvent(type, version, name);
  }
  return { type, data } as unknown as DomainEvent;
}

const isEventType = (type: string): type is EventType => Object.hasOwn(UPCASTERS, type);
