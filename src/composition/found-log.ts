import { EmbeddedEventLog } from '../adapters/event-store/embedded/embedded-event-log.js';
import { checkLogFile } from '../adapters/event-store/embedded/log-backup.js';
import { isOldLog, OldLog } from '../adapters/event-store/embedded/old-log.js';
import { metaStream } from '../commands/stream-names.js';
import { LOG_START, type EventStore } from '../ports/event-store.js';
import { openEventStore, openEventStoreDb } from './event-stores.js';
import type { Locations, LogLocation } from './locations.js';
import { assertNeverThere, assertNotCutOff } from './log-end.js';
import { upgradeLog } from './upgrade-log.js';
import { identityDamaged, identityMissing, knownLog, type KnownLog } from './log-identity.js';
import { WrongPrefix } from './wrong-settings.js';

/** The log as a start finds it, before anything is changed. */
export interface FoundLog {
  /** Undefined if the log holds nothing yet. */
  readonly known: KnownLog | undefined;
  /** Opens the log for writing; makes an embedded log that is not there. */
  open(): Promise<EventStore>;
  close(): Promise<void>;
}

/** Called with the progress while a log of an earlier release is upgraded. */
type OnUpgrade = (done: number, total: number) => void;

/** The functions that a start calls with its progress in long steps. */
export interface Telling {
  readonly onUpgrade: OnUpgrade;
  /**
   * Called with the position up to which a shared store was searched for our events, and the
   * search's end.
   */
  readonly onSearch: (position: number, end: number) => void;
}

/**
 * Looks for the log of a prefix. Throws WrongPrefix if the data folder was written with another;
 * LogUnfit if the log lacks events that it held, or the event that says whose it is.
 */
export async function findLog(
  { log: location, readModels }: Locations,
  prefix: string,
  telling: Telling,
): Promise<FoundLog> {
  if (location.kind === 'embedded') {
    const folder = readModels.kind === 'embedded' ? readModels.folder : undefined;
    return findEmbedded(location, { prefix, folder, onUpgrade: telling.onUpgrade });
  }
  // Connecting changes nothing in the store.
  const store = await openEventStoreDb(location);
  const close = (): Promise<void> => store.close();
  try {
    const stream = metaStream(prefix);
    let known = await knownLog(store, stream);
    if (known === undefined && (await store.holdsEvents(telling.onSearch))) {
      // Another node may have begun the log during the search.
      known = await knownLog(store, stream);
      if (known === undefined) throw identityMissing(stream);
    }
    return { known, open: () => Promise.resolve(store), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface EmbeddedSearch {
  readonly prefix: string;
  /** The folder of the read models. */
  readonly folder: string | undefined;
  readonly onUpgrade: OnUpgrade;
}

type EmbeddedLocation = Extract<LogLocation, { kind: 'embedded' }>;

async function findEmbedded(
  location: EmbeddedLocation,
  { prefix, folder, onUpgrade }: EmbeddedSearch,
): Promise<FoundLog> {
  const { path } = location;
  const isThere = checkLogFile(path);
  if (!isThere) await assertNeverThere(path, folder);
  const isOld = isThere && isOldLog(path);
  const known = isThere ? await lookInto(path, isOld, prefix) : undefined;
  let store: EventStore | undefined;
  return {
    known,
    open: async () => {
      if (isOld) await upgradeLog({ path, onProgress: onUpgrade });
      store = await openEventStore(location);
      return store;
    },
    close: async () => store?.close(),
  };
}

/** Reads which log a file holds. A data folder has one prefix; a cluster may hold several logs. */
async function lookInto(
  path: string,
  isOld: boolean,
  prefix: string,
): Promise<KnownLog | undefined> {
  const log = isOld ? new OldLog(path) : new EmbeddedEventLog(path);
  try {
    await assertNotCutOff(path, log);
    const known = await knownLog(log, metaStream(prefix));
    if (known !== undefined || (await log.head()) === LOG_START) return known;
    const first = log instanceof EmbeddedEventLog ? await log.readAt(LOG_START + 1) : undefined;
    if (first?.damage !== undefined) throw identityDamaged();
    if (first?.stream.startsWith(prefix) === true) throw identityMissing(metaStream(prefix));
    throw new WrongPrefix();
  } finally {
    await log.close();
  }
}
