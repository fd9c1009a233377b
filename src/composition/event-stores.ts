import type { BulkOptions } from '../adapters/event-store/eventstoredb/bulk-reader.js';
import type { EventStoreDbEventStore } from '../adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import type { EventLog, EventStore } from '../ports/event-store.js';
import type { LogLocation } from './locations.js';

/** Opens a log in EventStoreDB and changes nothing there. */
export async function openEventStoreDb(
  { url, prefix }: Extract<LogLocation, { kind: 'eventstoredb' }>,
  bulk?: BulkOptions,
): Promise<EventStoreDbEventStore> {
  const adapter = await import('../adapters/event-store/eventstoredb/eventstoredb-event-store.js');
  return adapter.EventStoreDbEventStore.open({ url, prefix, ...(bulk && { bulk }) });
}

/** Opens the log for reading and writing. It loads only the adapter in use. */
export async function openEventStore(location: LogLocation): Promise<EventStore> {
  if (location.kind === 'eventstoredb') return openEventStoreDb(location);
  const { EmbeddedEventStore } =
    await import('../adapters/event-store/embedded/embedded-event-store.js');
  return EmbeddedEventStore.open(location.path);
}

/** Opens a copy of a log, to write it and then read it whole. */
export async function openCopy(location: LogLocation): Promise<EventStore> {
  return location.kind === 'eventstoredb'
    ? openEventStoreDb(location, {})
    : openEventStore(location);
}

/** The log for a thread that reads it while another thread writes it. */
export interface ProjectedLog {
  readonly log: EventLog;
  /** Wakes the log's listeners after an append of another thread; nothing if the log does that. */
  readonly wake: () => void;
}

const SLOW =
  'pages of the log are read by @eventstore/db-client, at a fraction of the speed, as ' +
  '@kurrent/kurrentdb-client does not read them here';

/**
 * Opens the log for reading, while another thread writes it. It tells once why pages of it come
 * slowly, if they do.
 */
export async function openProjectedLog(
  location: LogLocation,
  onSlow?: (reason: string) => void,
): Promise<ProjectedLog> {
  if (location.kind === 'eventstoredb') {
    const tell = (reason: string): void => onSlow?.(`${SLOW}: ${reason}`);
    return { log: await openEventStoreDb(location, { onSlow: tell }), wake: () => undefined };
  }
  const { EmbeddedEventLog } =
    await import('../adapters/event-store/embedded/embedded-event-log.js');
  const log = new EmbeddedEventLog(location.path);
  return {
    log,
    wake: () => {
      log.wake();
    },
  };
}
