import { PROJECTIONS } from '../../projections/index.js';
import { MemoryLease } from '../adapters/read-model/memory/memory-lease.js';
import type { DatabaseHolder } from '../adapters/read-model/mongodb/database-holder.js';
import { makeFolder } from '../adapters/system/owner-only.js';
import type { Clock, StoreClock } from '../ports/clock.js';
import type { Lease } from '../ports/lease.js';
import type { ProjectionName } from '../ports/projection.js';
import type { ReadModelReader } from '../ports/read-model/reader.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import type { ReadModelLocation } from './locations.js';

/** Checks that read models can be opened there, before their thread does. */
export async function checkReadModels(location: ReadModelLocation): Promise<void> {
  if (location.kind !== 'embedded') return;
  const { checkControlFile } = await import('../adapters/read-model/embedded/control-file.js');
  checkControlFile(location.folder);
}

/** Frees the claims of the process before, at a start before any thread writes there. */
export async function freeReadModels(location: ReadModelLocation): Promise<void> {
  if (location.kind !== 'embedded') return;
  const { freeClaims } = await import('../adapters/read-model/embedded/control-file.js');
  freeClaims(location.folder);
}

/** The read models for queries, and the lease for work that one node at a time should do. */
export interface OpenReadModels {
  readonly reader: ReadModelReader;
  readonly rollupLease: Lease;
  /** The clock of the database server; undefined if the store is this machine's. */
  readonly storeClock?: StoreClock;
  /** Claims the database for one log; undefined if only one server can use the store. */
  readonly holder?: DatabaseHolder;
  close(): Promise<void>;
}

/** Opens read models for queries. It changes nothing: their writer makes them. */
export async function openReadModels(
  location: ReadModelLocation,
  clock: Clock,
): Promise<OpenReadModels> {
  if (location.kind === 'mongodb') return openMongo(location.url);
  const { EmbeddedReadModelReader } =
    await import('../adapters/read-model/embedded/embedded-read-model-reader.js');
  const reader = new EmbeddedReadModelReader(location.folder, wantedVersions());
  return { reader, rollupLease: new MemoryLease(clock), close: () => reader.close() };
}

async function openMongo(url: string): Promise<OpenReadModels> {
  const { DatabaseHolder, MongoClock, MongoConnection, MongoLease, MongoReadModelReader } =
    await mongo();
  const connection = await MongoConnection.open(url);
  const reader = new MongoReadModelReader(connection, wantedVersions());
  const rollupLease = new MongoLease(connection, 'rollup');
  const storeClock = new MongoClock(connection);
  const holder = new DatabaseHolder(connection);
  return { reader, rollupLease, storeClock, holder, close: () => reader.close() };
}

/** Opens read models for a thread that writes them. */
export async function openReadModelWriter(
  location: ReadModelLocation,
  owner: string,
): Promise<ReadModelWriter> {
  if (location.kind === 'mongodb') {
    const { MongoConnection, MongoReadModelWriter } = await mongo();
    return new MongoReadModelWriter(await MongoConnection.open(location.url), { owner });
  }
  const { EmbeddedReadModelWriter } =
    await import('../adapters/read-model/embedded/embedded-read-model-writer.js');
  makeFolder(location.folder);
  return new EmbeddedReadModelWriter(location.folder);
}

/**
 * Returns the most events that the projector folds at once. A file takes many in one commit: what
 * the events of a session make of its row is then written once. A transaction of MongoDB has a time
 * limit, and may go over a slow line.
 */
export const batchEventsMax = ({ kind }: Pick<ReadModelLocation, 'kind'>): number =>
  kind === 'embedded' ? 20_000 : 5_000;

/** Loads the MongoDB adapter only where it is used. */
const mongo = async () => ({
  ...(await import('../adapters/read-model/mongodb/database-holder.js')),
  ...(await import('../adapters/read-model/mongodb/mongo-clock.js')),
  ...(await import('../adapters/read-model/mongodb/mongo-connection.js')),
  ...(await import('../adapters/read-model/mongodb/mongo-lease.js')),
  ...(await import('../adapters/read-model/mongodb/mongo-read-model-reader.js')),
  ...(await import('../adapters/read-model/mongodb/mongo-read-model-writer.js')),
});

const wantedVersions = (): Record<ProjectionName, number> =>
  Object.fromEntries(PROJECTIONS.map(({ name, version }) => [name, version])) as Record<
    ProjectionName,
    number
  >;
