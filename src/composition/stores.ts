import { mkdirSync } from 'node:fs';
import { lockFolder } from '../adapters/sqlite/folder-lock.js';
import { CryptoIdentity } from '../adapters/system/crypto-identity.js';
import { systemClock } from '../adapters/system/system-clock.js';
import { StreamNames } from '../commands/stream-names.js';
import type { Config } from '../config.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventStore } from '../ports/event-store.js';
import type { Identity } from '../ports/identity.js';
import type { Lease } from '../ports/lease.js';
import type { ProjectionControl } from '../ports/projection-control.js';
import type { ReadModelReader } from '../ports/read-model-store.js';
import { MeteredEventStore } from '../telemetry/metered-event-store.js';
import { MeteredProjectionControl } from '../telemetry/metered-projection-control.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { openEventStore } from './event-stores.js';
import { locationsOf, needsDataFolder, type Locations } from './locations.js';
import { identifyLog } from './log-identity.js';
import type { ProjectorLog } from './projector-log.js';
import { ProjectorThread } from './projector-thread.js';
import { checkReadModels, openReadModels } from './read-models.js';
import { viewerSecretOf } from './viewer-secret.js';

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
  /** What all of them measure. */
  readonly telemetry: Telemetry;
  /** Ends the projector, then closes the log, then lets go of the folder. */
  close(): Promise<void>;
}

/** Opens the stores that the settings name; a data folder that is not there is made. */
export async function openStores(config: Config, log: ProjectorLog): Promise<Stores> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await open(config, log, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  projectorLog: ProjectorLog,
  closers: (() => Promise<void> | void)[],
): Promise<Omit<Stores, 'close'>> {
  const locations = locationsOf(config);
  if (needsDataFolder(locations)) {
    mkdirSync(config.dataDir, { recursive: true });
    const lock = await lockFolder(config.dataDir);
    closers.push(() => {
      lock.release();
    });
  }
  const clock = systemClock;
  const identity = new CryptoIdentity(config.viewerSecret ?? viewerSecretOf(config.dataDir));
  const names = new StreamNames(config.streamPrefix, identity);
  const telemetry = new Telemetry();
  const eventStore = new MeteredEventStore(await openEventStore(locations.log), telemetry);
  closers.push(() => eventStore.close());
  await checkPrefix(locations, eventStore, names);
  const storeId = await identifyLog({ store: eventStore, stream: names.meta(), identity, clock });
  await checkReadModels(locations.readModels);
  const opened = await openReadModels(locations.readModels, clock);
  closers.push(() => opened.close());
  const { retentionDays } = config;
  const workplace = { storeId, locations, owner: identity.uuidV4(), retentionDays };
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
  return { ...parts, readModels, rollupLease, projectionControl };
}

/** The log of a data folder was written under another prefix: its events would not be found. */
export class WrongPrefix extends Error {
  constructor() {
    super('EVENTSTORE_PREFIX is not the one that this data folder was written with');
    this.name = 'WrongPrefix';
  }
}

/** A data folder has one prefix; a cluster may hold the logs of several. */
async function checkPrefix(
  { log }: Locations,
  store: EventStore,
  names: StreamNames,
): Promise<void> {
  if (log.kind !== 'embedded') return;
  const isEmpty = (await store.head()) === LOG_START;
  const isOurs = (await store.readStream(names.meta())).length > 0;
  if (!isEmpty && !isOurs) throw new WrongPrefix();
}
