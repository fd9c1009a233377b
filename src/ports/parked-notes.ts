import type { ProjectionName } from './projection.js';

/** Where a query notes what its answer lacks. */
export interface ParkedNotes {
  /** The answer rests on a document for which events are parked. */
  note(projection: ProjectionName, key: string): void;
}

export const PARKED_NOTES = Symbol('ParkedNotes');
