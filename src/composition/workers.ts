import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { ProjectionName } from '../ports/projection.js';
import type { FoldPlace } from '../threads/deadly-events.js';
import type { Workers } from '../threads/workers.js';
import type { Locations } from './locations.js';

/** What a thread needs to open the stores of the read models, as plain data. */
export interface WorkerData {
  readonly storeId: string;
  readonly locations: Locations;
  /** The stream that holds the log's identity, and what it announces. */
  readonly metaStream: string;
  /** Names this node among those that share the read models. */
  readonly owner: string;
  /** Undefined: read models keep everything. */
  readonly retentionDays: number | undefined;
  /** The node's clock, which the main thread keeps right. */
  readonly sharedClock: SharedArrayBuffer;
}

export interface ProjectorData extends WorkerData {
  readonly place: FoldPlace;
}

export interface RebuilderData extends ProjectorData {
  /** What of it nothing else serves: only that is built, and at once; none: all, giving way. */
  readonly waitedFor: readonly ProjectionName[];
}

export interface VerifierData extends WorkerData {
  /** An empty folder that is removed afterwards. */
  readonly scratch: string;
}

/**
 * Memory of a thread that folds, in MiB. Where it needs more the thread ends, and is told of;
 * without a bound of its own the whole process would end.
 */
const MEMORY = { maxOldGenerationSizeMb: 1_024 };
/**
 * Room for the objects of a rebuild's whole batch. With less they are moved about while it lasts,
 * by helper threads that all threads share: those have nobody's priority but the server's.
 */
const REBUILD_MEMORY = { ...MEMORY, maxYoungGenerationSizeMb: 96 };

/** The threads of the read models, on the stores of this server. */
export const workersOn = (data: WorkerData): Workers => ({
  project: (place) => start<ProjectorData>('projector', { ...data, place }, MEMORY),
  rebuild: (place, waitedFor) => {
    const owner = `${data.owner}/rebuild`;
    return start<RebuilderData>('rebuilder', { ...data, owner, place, waitedFor }, REBUILD_MEMORY);
  },
  verify: (scratch) => start<VerifierData>('verifier', { ...data, scratch }, MEMORY),
});

const start = <Data extends WorkerData>(
  name: string,
  workerData: Data,
  resourceLimits: ResourceLimits,
): Worker =>
  new Worker(new URL(`./${name}.worker.js`, import.meta.url), { workerData, resourceLimits });
