import { CryptoIdentity } from '../adapters/system/crypto-identity.js';
import { systemClock } from '../adapters/system/system-clock.js';
import { StreamNames } from '../commands/stream-names.js';
import type { Config } from '../config.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore } from '../ports/event-store.js';
import type { Health } from '../ports/health.js';
import type { Identity } from '../ports/identity.js';
import type { Lease } from '../ports/lease.js';
import type { ProjectionControl } from '../ports/projection-control.js';
import type { ReadModelReader } from '../ports/read-model-store.js';
import { MeteredEventStore } from '../telemetry/metered-event-store.js';
import { MeteredProjectionControl } from '../telemetry/metered-projection-control.js';
import { Seldom } from '../telemetry/seldom.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { DataFolder } from './data-folder.js';
import { findLog, type OnUpgrade } from './found-log.js';
import { HealthWatch } from './health-watch.js';
import { locationsOf, needsDataFolder, placesOf, type Locations } from './locations.js';
import { identifyLog } from './log-identity.js';
import type { ProjectorLog } from './projector-log.js';
import { ProjectorThread } from './projector-thread.js';
import { checkReadModels, openReadModels } from './read-models.js';
import type { WatchedStore } from './store-watch.js';
import { makeViewerSecret, viewerSecretFor } from './viewer-secret.js';

/** Everything with a file, a thread or a socket behind it, opened and at work. */
export interface Stores {
  /** Identifies the log and its positions. */
  readonly storeId: string;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly names: StreamNames;
  readonly eventStore: EventStore;
  readonly readModels: ReadModelReader;
  readonly rollupLease: Lease;
  readonly projectionControl: ProjectionControl;
  readonly health: Health;
  /** What all of them measure. */
  readonly telemetry: Telemetry;
  /** What whoever runs it should know about what is stored. */
  readonly warnings: readonly string[];
  /** Ends the projector, then closes the log, then lets go of the folder. */
  close(): Promise<void>;
  /** The same after a start that failed later on: what it made in the data folder is removed. */
  abandon(): Promise<void>;
}

/** How often it is told how far something is. */
const TELL_MS = 5_000;

type Opened = Omit<Stores, 'close' | 'abandon'>;
/** Closes one of them; `isFailed`: the start came to nothing. */
type Closer = (isFailed: boolean) => Promise<void> | void;

/** Opens the stores that the settings name; a data folder that is not there is made. */
export async function openStores(config: Config, log: ProjectorLog): Promise<Stores> {
  const closers: Closer[] = [];
  const abandon = async (): Promise<void> => {
    // Why it did not start says more than how it ended.
    await closeAll(closers, true).catch(() => undefined);
  };
  try {
    return {
      ...(await open(config, log, closers)),
      close: () => closeAll(closers, false),
      abandon,
    };
  } catch (error) {
    await abandon();
    throw error;
  }
}

/** Closes all of them, the last one first, even if some cannot be; throws the first failure. */
async function closeAll(closers: Closer[], isFailed: boolean): Promise<void> {
  const closer = closers.pop();
  if (closer === undefined) return;
  try {
    await closer(isFailed);
  } finally {
    await closeAll(closers, isFailed);
  }
}

/** It may take minutes, and nobody is answered meanwhile. */
function tellingOfUpgrade(log: ProjectorLog): OnUpgrade {
  const seldom = new Seldom(TELL_MS);
  return (done, total) => {
    if (!seldom.may() && done < total) return;
    log.info(
      `the log is brought into the form of this release: ${String(done)} of ${String(total)}`,
    );
  };
}

/** First looks at all that is there, and changes it only when it will do. */
async function open(
  config: Config,
  projectorLog: ProjectorLog,
  closers: Closer[],
): Promise<Opened> {
  const locations = locationsOf(config);
  const folder = needsDataFolder(locations) ? await DataFolder.enter(config.dataDir) : undefined;
  closers.push((isFailed) => folder?.leave(isFailed));
  await checkReadModels(locations.readModels);
  const found = await findLog(locations, config.streamPrefix, tellingOfUpgrade(projectorLog));
  closers.push(() => found.close());
  const clock = systemClock;
  const opened = await openReadModels(locations.readModels, clock);
  closers.push(() => opened.close());
  const secret = viewerSecretFor(config, found.known);

  const warnings = folder?.closeToOthers() ?? [];
  const identity = new CryptoIdentity(secret ?? (await makeViewerSecret(config.dataDir)));
  const names = new StreamNames(config.streamPrefix, identity);
  const telemetry = new Telemetry();
  const eventStore = new MeteredEventStore(await found.open(), telemetry);
  const { retentionDays } = config;
  const metaStream = names.meta();
  const storeId = await identifyLog({ store: eventStore, stream: metaStream, identity, clock });
  const owner = identity.uuidV4();
  const workplace = { storeId, locations, metaStream, owner, retentionDays };
  const projector = await ProjectorThread.start({
    workplace,
    log: eventStore,
    clock,
    report: projectorLog,
    telemetry,
  });
  closers.push(() => projector.stop());
  const projectionControl = new MeteredProjectionControl(projector, telemetry);
  const { reader: readModels, rollupLease } = opened;
  const parts = { storeId, clock, identity, names, eventStore, telemetry };
  const watched = watchedStores(locations, eventStore, readModels);
  const health = await HealthWatch.start({
    ...watched,
    control: projectionControl,
    report: projectorLog,
  });
  closers.push(() => {
    health.stop();
  });
  return { ...parts, readModels, rollupLease, projectionControl, health, warnings };
}

function watchedStores(
  locations: Locations,
  eventStore: MeteredEventStore,
  readModels: ReadModelReader,
): { readonly eventStore: WatchedStore; readonly readModels: WatchedStore } {
  const places = placesOf(locations);
  return {
    eventStore: {
      name: 'the event store',
      place: places.eventStore,
      meanwhile: 'and events are refused meanwhile',
      ping: () => eventStore.ping(),
      workedAt: () => eventStore.workedAt,
    },
    readModels: {
      name: 'the store of the read models',
      place: places.readModels,
      meanwhile: 'and the figures stand still meanwhile',
      ping: () => readModels.ping(),
    },
  };
}
