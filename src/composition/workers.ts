import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { SessionSettings } from '../../projections/sessions.js';
import type { ProjectionName } from '../ports/projection.js';
import type { SharedFold } from '../threads/deadly-events.js';
import type { Workers } from '../threads/workers.js';
import type { Locations } from './locations.js';

/** The data that a thread needs to open the stores of the read models. */
export interface WorkerData {
  readonly storeId: string;
  readonly locations: Locations;
  /** The stream that holds the log's identity and the vocabulary that it announces. */
  readonly metaStream: string;
  /** The settings that this node wants read models to be folded with. */
  readonly settings: SessionSettings;
  /** Names this node among those that share the read models. */
  readonly owner: string;
  /** Undefined if read models keep everything. */
  readonly retentionDays: number | undefined;
  /** The node's clock, which the main thread keeps right. */
  readonly sharedClock: SharedArrayBuffer;
}

export interface ProjectorData extends WorkerData {
  readonly fold: SharedFold;
  /** Says whether the thread takes the place of one that died. */
  readonly isRestart: boolean;
}

export interface RebuilderData extends WorkerData {
  readonly fold: SharedFold;
  /** Projections to build alone, as nothing serves them; none: all are built, at a low priority. */
  readonly waitedFor: readonly ProjectionName[];
}

export interface VerifierData extends WorkerData {
  /** An empty folder that its owner removes after the verification. */
  readonly scratch: string;
}

/**
 * Memory of a thread that folds, in MiB. A thread that needs more ends, and the log says so.
 * Without this bound the whole process would end.
 */
const MEMORY = { maxOldGenerationSizeMb: 1_024 };
/**
 * Memory for a whole batch of a rebuild, in MiB. With less, V8 moves the batch's objects about. Its
 * helper threads do that for all threads, at the priority of the server.
 */
const REBUILD_MEMORY = { ...MEMORY, maxYoungGenerationSizeMb: 96 };

/** Starts the threads of the read models, on the stores of this server. */
export const workersOn = (data: WorkerData): Workers => ({
  project: (fold, isRestart) =>
    start<ProjectorData>('projector', { ...data, fold, isRestart }, MEMORY),
  rebuild: (fold, waitedFor) => {
    const owner = `${data.owner}/rebuild`;
    return start<RebuilderData>('rebuilder', { ...data, owner, fold, waitedFor }, REBUILD_MEMORY);
  },
  verify: (scratch) => start<VerifierData>('verifier', { ...data, scratch }, MEMORY),
});

const start = <Data extends WorkerData>(
  name: string,
  workerData: Data,
  resourceLimits: ResourceLimits,
): Worker =>
  new Worker(new URL(`./${name}.worker.js`, import.meta.url), { workerData, resourceLimits });
