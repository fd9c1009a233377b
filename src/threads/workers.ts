import type { Worker } from 'node:worker_threads';
import type { ProjectionName } from '../ports/projection.js';
import type { SharedFold } from './deadly-events.js';

/** Starts the threads of the read models, each with the stores that it works on. */
export interface Workers {
  /** Starts a thread that folds the serving generations, perhaps in the place of one that died. */
  project(fold: SharedFold, isRestart: boolean): Worker;
  /**
   * Starts a thread that rebuilds. If the server waits for projections that nothing serves, it
   * builds those alone and at once. Else it builds all, at a low priority.
   */
  rebuild(fold: SharedFold, waitedFor: readonly ProjectionName[]): Worker;
  /** Starts a thread that verifies, in an empty folder. */
  verify(scratch: string): Worker;
}
