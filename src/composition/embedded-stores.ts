import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedEventStore } from '../adapters/event-store/embedded/embedded-event-store.js';
import { checkControlFile } from '../adapters/read-model/embedded/control-file.js';
import { EmbeddedReadModelReader } from '../adapters/read-model/embedded/embedded-read-model-reader.js';
import { lockFolder } from '../adapters/sqlite/folder-lock.js';
import { CryptoIdentity } from '../adapters/system/crypto-identity.js';
import { systemClock } from '../adapters/system/system-clock.js';
import { StreamNames } from '../commands/stream-names.js';
import type { Config } from '../config.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventStore } from '../ports/event-store.js';
import type { Identity } from '../ports/identity.js';
import type { ProjectionControl } from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import type { ReadModelReader } from '../ports/read-model-store.js';
import { identifyLog } from './log-identity.js';
import { ProjectorThread } from './projector-thread.js';
import { viewerSecretOf } from './viewer-secret.js';

/** Everything with a file, a thread or a socket behind it, opened and at work. */
export interface Stores {
  readonly storeId: string;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly names: StreamNames;
  readonly eventStore: EventStore;
  readonly readModels: ReadModelReader;
  readonly projectionControl: ProjectionControl;
  /** Ends the projector, then closes the log, then lets go of the folder. */
  close(): Promise<void>;
}

export type OnProjectorFailure = (message: string, isFinal: boolean) => void;

/** Opens the embedded stores of a data folder, which is made if it is not there. */
export async function openEmbeddedStores(
  config: Config,
  onFailure: OnProjectorFailure,
): Promise<Stores> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await open(config, onFailure, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  onFailure: OnProjectorFailure,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Stores> {
  const { dataDir, streamPrefix } = config;
  const readModelFolder = join(dataDir, 'read-models');
  const logPath = join(dataDir, 'events.db');
  mkdirSync(readModelFolder, { recursive: true });
  const lock = await lockFolder(dataDir);
  closers.push(() => {
    lock.release();
  });
  const clock = systemClock;
  const identity = new CryptoIdentity(config.viewerSecret ?? viewerSecretOf(dataDir));
  const names = new StreamNames(streamPrefix, identity);
  const eventStore = await EmbeddedEventStore.open(logPath);
  closers.push(() => eventStore.close());
  await checkPrefix(eventStore, names);
  const storeId = await identifyLog({ store: eventStore, stream: names.meta(), identity, clock });
  checkControlFile(readModelFolder);
  const workplace = { storeId, logPath, readModelFolder };
  const projector = await ProjectorThread.start({
    ...workplace,
    log: eventStore,
    clock,
    onFailure,
  });
  closers.push(() => projector.stop());
  const readModels = new EmbeddedReadModelReader(readModelFolder, versions());
  closers.push(() => readModels.close());
  return {
    storeId,
    clock,
    identity,
    names,
    eventStore,
    readModels,
    projectionControl: projector,
    close,
  };
}

/** The log of a data folder was written under another prefix: its events would not be found. */
export class WrongPrefix extends Error {
  constructor() {
    super('EVENTSTORE_PREFIX is not the one that this data folder was written with');
    this.name = 'WrongPrefix';
  }
}

async function checkPrefix(store: EventStore, names: StreamNames): Promise<void> {
  const isEmpty = (await store.head()) === LOG_START;
  const isOurs = (await store.readStream(names.meta())).length > 0;
  if (!isEmpty && !isOurs) throw new WrongPrefix();
}

const versions = (): Record<ProjectionName, number> =>
  Object.fromEntries(PROJECTIONS.map(({ name, version }) => [name, version])) as Record<
    ProjectionName,
    number
  >;
