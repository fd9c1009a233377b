import type { ProjectionName } from './projection.js';

/** Takes a query's notes of what its answer lacks. */
export interface ParkedNotes {
  /** Notes that the answer rests on a document for which events are parked. */
  note(projection: ProjectionName, key: string): void;
  /** Notes that the answer may lack an event that could not be read, at a position of the log. */
  notePosition(projection: ProjectionName, position: number): void;
}

export const PARKED_NOTES = Symbol('ParkedNotes');
