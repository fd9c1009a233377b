import { CryptoIdentity } from '../adapters/system/crypto-identity.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { StreamNames } from '../commands/stream-names.js';
import type { Config } from '../config.js';
import { SECOND_MS } from '../domain/time.js';
import type { Clock, ClockCheck } from '../ports/clock.js';
import type { EventStore } from '../ports/event-store.js';
import type { Health } from '../ports/health.js';
import type { Identity } from '../ports/identity.js';
import type { Lease } from '../ports/lease.js';
import { LogPast } from '../ports/log-past.js';
import type { ProjectionAdministration } from '../ports/projection-administration.js';
import type { ProjectionControl } from '../ports/projection-control.js';
import type { ReadModelReader } from '../ports/read-model/reader.js';
import { meteredEventStore } from '../telemetry/metered-event-store.js';
import { meteredProjectionControl } from '../telemetry/metered-projection-control.js';
import { Seldom } from '../telemetry/seldom.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { ProjectorThread } from '../threads/projector-thread.js';
import { ClockKeeper } from './clock-keeper.js';
import { DataFolder } from './data-folder.js';
import { findLog, type FoundLog } from './found-log.js';
import { HealthWatch } from './health-watch.js';
import { locationsOf, needsDataFolder, placesOf, type Locations } from './locations.js';
import { identifyLog } from './log-identity.js';
import type { OperatorLog } from '../ports/operator-log.js';
import {
  checkReadModels,
  freeReadModels,
  openReadModels,
  type OpenReadModels,
} from './read-models.js';
import { SameLog } from './same-log.js';
import { StreamNews } from './stream-news.js';
import { makeViewerSecret, viewerSecretFor } from './viewer-secret.js';
import { workersOn } from './workers.js';

/** Every part with a file, a thread or a socket behind it, opened and at work. */
export interface Stores {
  /** Identifies the log and its positions. */
  readonly storeId: string;
  readonly clock: Clock;
  readonly clockCheck: ClockCheck;
  readonly identity: Identity;
  readonly names: StreamNames;
  readonly eventStore: EventStore;
  readonly readModels: ReadModelReader;
  readonly rollupLease: Lease;
  readonly projectionControl: ProjectionControl;
  readonly projectionAdministration: ProjectionAdministration;
  readonly health: Health;
  /** The measurements of all parts. */
  readonly telemetry: Telemetry;
  /** Warnings about stored data, for the operator. */
  readonly warnings: readonly string[];
  /** Stops the projector, then closes the log, then unlocks the folder. */
  close(): Promise<void>;
  /** Closes the same after a failed start, and removes what that made in the data folder. */
  abandon(): Promise<void>;
}

/** The time in milliseconds between two log lines about the progress of a long step. */
const TELL_MS = 5_000;

type Opened = Omit<Stores, 'close' | 'abandon'>;
/** Closes one part; `isFailed` says that the start failed. */
type Closer = (isFailed: boolean) => Promise<void> | void;

/** Opens the stores that the settings name, and makes a data folder that is not there. */
export async function openStores(config: Config, log: OperatorLog): Promise<Stores> {
  const closers: Closer[] = [];
  const abandon = async (): Promise<void> => {
    // The reason why the start failed says more than a failure to close.
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

/** Closes all parts, the last one first, even if some fail; throws the last failure. */
async function closeAll(closers: Closer[], isFailed: boolean): Promise<void> {
  const closer = closers.pop();
  if (closer === undefined) return;
  try {
    await closer(isFailed);
  } finally {
    await closeAll(closers, isFailed);
  }
}

/** Logs the progress of a step that may take minutes, in which nobody is answered. */
function tellingOf(log: OperatorLog, what: string): (done: number, total: number) => void {
  const seldom = new Seldom(TELL_MS);
  return (done, total) => {
    if (!seldom.may() && done < total) return;
    log.info(`${what}: ${String(done)} of ${String(total)}`);
  };
}

/** The stores as a start finds them. */
interface Found {
  readonly log: FoundLog;
  readonly readModels: OpenReadModels;
  readonly folder: DataFolder | undefined;
}

/** Looks at all stores without changing them; throws if one cannot be used. */
async function find(
  config: Config,
  { locations, clock, operatorLog }: FindOptions,
  closers: Closer[],
): Promise<Found> {
  const folder = needsDataFolder(locations) ? await DataFolder.enter(config.dataDir) : undefined;
  closers.push((isFailed) => folder?.leave(isFailed));
  await checkReadModels(locations.readModels);
  const readModels = await openReadModels(locations.readModels, clock);
  closers.push(() => readModels.close());
  const refuseOthers = await readModels.holder?.look();
  const log = await findLog(locations, config.streamPrefix, {
    onUpgrade: tellingOf(operatorLog, 'the log is brought into the form of this release'),
    onSearch: tellingOf(operatorLog, 'the event store is searched for events under the prefix'),
  });
  closers.push(() => log.close());
  refuseOthers?.(log.known);
  return { log, readModels, folder };
}

interface FindOptions {
  readonly locations: Locations;
  readonly clock: Clock;
  readonly operatorLog: OperatorLog;
}

/** Opens the stores that were found, and starts the threads and watches on them. */
async function open(config: Config, operatorLog: OperatorLog, closers: Closer[]): Promise<Opened> {
  const locations = locationsOf(config);
  const clock = new NodeClock();
  const found = await find(config, { locations, clock, operatorLog }, closers);
  const { folder, readModels: opened } = found;
  const secret = viewerSecretFor(config, found.log.known);

  const warnings = folder?.closeToOthers() ?? [];
  const identity = new CryptoIdentity(secret ?? (await makeViewerSecret(config.dataDir)));
  const names = new StreamNames(config.streamPrefix, identity);
  const telemetry = new Telemetry();
  const log = await found.log.open();
  const storeClocks = [log.clock, opened.storeClock].filter((one) => one !== undefined);
  const keeper = await ClockKeeper.start({ clock, stores: storeClocks, operatorLog, telemetry });
  closers.push(() => {
    keeper.close();
  });
  // An embedded log cannot be put back while it is open; a server's log can.
  const past = locations.log.kind === 'embedded' ? undefined : new LogPast(log);
  const eventStore = meteredEventStore(log, telemetry, new StreamNews(operatorLog), past);
  const { retentionDays } = config;
  const metaStream = names.meta();
  const meta = { store: eventStore, stream: metaStream, identity, clock };
  folder?.keepLog(opened.holder !== undefined);
  const { first, ...ids } = await identifyLog(meta);
  const { storeId } = ids;
  await opened.holder?.claim(ids);
  if (past !== undefined) eventStore.guard = new SameLog({ log, past, first, operatorLog });
  const owner = identity.uuidV4();
  await freeReadModels(locations.readModels);
  const sharedClock = clock.shared;
  const settings = {
    qualifiedViewMs: Math.round(config.qualifiedViewSeconds * SECOND_MS),
    liveWindowMs: config.liveWindowSeconds * SECOND_MS,
  };
  const data = { storeId, locations, metaStream, settings, owner, retentionDays, sharedClock };
  const projector = await ProjectorThread.start({
    workers: workersOn(data),
    log: eventStore,
    passesWakeUpsOn: locations.log.kind === 'embedded',
    clock,
    operatorLog,
    telemetry,
  });
  closers.push(() => projector.stop());
  const projectionControl = meteredProjectionControl(projector, telemetry);
  const { reader: readModels, rollupLease } = opened;
  const parts = { storeId, clock, clockCheck: keeper, identity, names, eventStore, telemetry };
  const health = await HealthWatch.start({
    ...{ eventStore, readModels, control: projectionControl },
    ...{ places: placesOf(locations), operatorLog },
  });
  closers.push(() => {
    health.stop();
  });
  const projections = { projectionControl, projectionAdministration: projector };
  return { ...parts, ...projections, readModels, rollupLease, health, warnings };
}
