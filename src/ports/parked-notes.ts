import type { ProjectionName } from './projection.js';

/** Where a query notes what its answer lacks. */
export interface ParkedNotes {
  /** The answer rests on a document for which events are parked. */
  note(projection: ProjectionName, key: string): void;
  /** The answer may lack an event that could not be read, at a position of the log. */
  notePosition(projection: ProjectionName, position: number): void;
}

export const PARKED_NOTES = Symbol('ParkedNotes');
