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

/** A stored event that this code cannot read: of an unknown type or a newer schema version. */
export class UndecodableEvent extends Error {
  constructor(type: string, version: number) {
    super(`no way to read a stored ${type} of schema version ${String(version)}`);
    this.name = 'UndecodableEvent';
  }
}

/** The event that was stored, brought up to the current schema version; or UndecodableEvent. */
export function decodeEvent(type: string, version: number, stored: StoredData): DomainEvent {
  const upcasters = isEventType(type) ? UPCASTERS[type] : undefined;
  if (upcasters === undefined || version < 1 || version > upcasters.length + 1) {
    throw new UndecodableEvent(type, version);
  }
  let data = stored;
  for (let step = version - 1; step < upcasters.length; step += 1) {
    data = upcasters[step]?.(data) ?? data;
  }
  return { type, data } as unknown as DomainEvent;
}

const isEventType = (type: string): type is EventType => Object.hasOwn(UPCASTERS, type);
