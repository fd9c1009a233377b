import type { Worker } from 'node:worker_threads';
import type { ProjectionName } from '../ports/projection.js';
import type { FoldPlace } from './deadly-events.js';

/** Starts the threads of the read models, each with the stores that it works on. */
export interface Workers {
  /** One that folds what serves. */
  project(place: FoldPlace): Worker;
  /**
   * One that builds what is to be built, giving way to everybody; what is waited for, as nothing
   * else serves, alone and at once, if there is any.
   */
  rebuild(place: FoldPlace, waitedFor: readonly ProjectionName[]): Worker;
  /** One that verifies, in an empty folder. */
  verify(scratch: string): Worker;
}
