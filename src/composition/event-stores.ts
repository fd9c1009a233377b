import type { BulkOptions } from '../adapters/event-store/eventstoredb/bulk-reader.js';
import type { EventStoreDbEventStore } from '../adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import type { EventLog, EventStore } from '../ports/event-store.js';
import type { LogLocation } from './locations.js';

const SLOW =
  'pages of the log are read by @eventstore/db-client, at a fraction of the speed, as ' +
  '@kurrent/kurrentdb-client does not read them here';

/** Opens a log in EventStoreDB, which changes nothing there. */
export async function openEventStoreDb(
  { url, prefix }: Extract<LogLocation, { kind: 'eventstoredb' }>,
  bulk?: BulkOptions,
): Promise<EventStoreDbEventStore> {
  const adapter = await import('../adapters/event-store/eventstoredb/eventstoredb-event-store.js');
  return adapter.EventStoreDbEventStore.open({ url, prefix, ...(bulk && { bulk }) });
}

/** Opens the log for reading and writing. What is not used is not loaded. */
export async function openEventStore(location: LogLocation): Promise<EventStore> {
  if (location.kind === 'eventstoredb') return openEventStoreDb(location);
  const { EmbeddedEventStore } =
    await import('../adapters/event-store/embedded/embedded-event-store.js');
  return EmbeddedEventStore.open(location.path);
}

/** Opens a copy of a log: it is written, and then read whole. */
export async function openCopy(location: LogLocation): Promise<EventStore> {
  return location.kind === 'eventstoredb'
    ? openEventStoreDb(location, {})
    : openEventStore(location);
}

/** The log as a thread beside the one that writes it reads it. */
export interface ProjectedLog {
  readonly log: EventLog;
  /** Tells it of appends, where it cannot learn of them by itself. */
  readonly ring: () => void;
}

/**
 * Opens the log for reading, beside the thread that writes it; tells once why pages of it come
 * slowly, if they do.
 */
export async function openProjectedLog(
  location: LogLocation,
  onSlow?: (reason: string) => void,
): Promise<ProjectedLog> {
  if (location.kind === 'eventstoredb') {
    const tell = (reason: string): void => onSlow?.(`${SLOW}: ${reason}`);
    return { log: await openEventStoreDb(location, { onSlow: tell }), ring: () => undefined };
  }
  const { EmbeddedEventLog } =
    await import('../adapters/event-store/embedded/embedded-event-log.js');
  const log = new EmbeddedEventLog(location.path);
  return {
    log,
    ring: () => {
      log.ring();
    },
  };
}
