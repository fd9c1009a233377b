import { checkLogFile } from '../adapters/event-store/embedded/log-backup.js';
import { metaStream } from '../commands/stream-names.js';
import { LOG_START, type EventStore } from '../ports/event-store.js';
import { openEventStore, openProjectedLog } from './event-stores.js';
import type { LogLocation } from './locations.js';
import { knownLog, type KnownLog } from './log-identity.js';

/** The log as a start finds it; nothing is changed by looking. */
export interface FoundLog {
  /** Undefined for one that holds nothing yet. */
  readonly known: KnownLog | undefined;
  /** Opens it for writing; an embedded one that is not there is made. */
  open(): Promise<EventStore>;
  close(): Promise<void>;
}

/** The log of a data folder was written under another prefix: its events would not be found. */
export class WrongPrefix extends Error {
  constructor() {
    super('EVENTSTORE_PREFIX is not the one that this data folder was written with: set that one');
    this.name = 'WrongPrefix';
  }
}

/** Looks for the log of a prefix; WrongPrefix for a data folder that was written with another. */
export async function findLog(location: LogLocation, prefix: string): Promise<FoundLog> {
  if (location.kind === 'embedded') return findEmbedded(location, prefix);
  // To connect changes nothing.
  const store = await openEventStore(location);
  const close = (): Promise<void> => store.close();
  try {
    const known = await knownLog(store, metaStream(prefix));
    return { known, open: () => Promise.resolve(store), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findEmbedded(
  location: Extract<LogLocation, { kind: 'embedded' }>,
  prefix: string,
): Promise<FoundLog> {
  const known = checkLogFile(location.path) ? await lookInto(location, prefix) : undefined;
  let store: EventStore | undefined;
  return {
    known,
    open: async () => (store = await openEventStore(location)),
    close: async () => store?.close(),
  };
}

/** A data folder has one prefix; a cluster may hold the logs of several. */
async function lookInto(location: LogLocation, prefix: string): Promise<KnownLog | undefined> {
  const { log } = await openProjectedLog(location);
  try {
    const known = await knownLog(log, metaStream(prefix));
    if (known === undefined && (await log.head()) !== LOG_START) throw new WrongPrefix();
    return known;
  } finally {
    await log.close();
  }
}
