import { PlayheadError } from '../domain/errors.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import { hasEvent, type Landmark } from '../ports/log-past.js';
import type { Generation, GenerationProgress } from '../ports/read-model/generation.js';

/** What its owner knows of how far a generation is. */
interface Looked {
  readonly scanned: number;
  readonly landmark: Landmark | undefined;
}

/** How far a generation is, and what its owner has looked at. */
type Place = Pick<Generation, 'checkpoint' | 'checkpointId'> & Pick<GenerationProgress, 'seen'>;

/**
 * Returns the last event that an owner is known to have looked at; undefined if none is. While the
 * log has it, it has all of Playhead's events before it, too.
 */
export function landmarkOf({ checkpoint, checkpointId, seen }: Place): Landmark | undefined {
  if (seen !== undefined && seen.position > checkpoint) return seen;
  if (checkpoint === LOG_START || checkpointId === undefined) return undefined;
  return { position: checkpoint, id: checkpointId };
}

/**
 * Returns what an owner before has seen after the checkpoint, if the log still has it. From there,
 * or else from the checkpoint, the next owner goes on: what was scanned beyond may be gone, and
 * other events may stand in its place. To look at events again is no harm.
 */
export async function stillSeen(
  log: EventLog,
  { checkpoint }: Pick<Generation, 'checkpoint'>,
  { seen }: Pick<GenerationProgress, 'seen'>,
): Promise<Landmark | undefined> {
  if (seen === undefined || seen.position <= checkpoint) return undefined;
  return (await hasEvent(log, seen)) ? seen : undefined;
}

/** Says whether a log that ends at `head` still has what an owner has looked at. */
export async function hasAllSeen(
  log: EventLog,
  { landmark, scanned }: Looked,
  head: number,
): Promise<boolean> {
  if (scanned > head) return false;
  return landmark === undefined || hasEvent(log, landmark);
}

/**
 * Throws STORE_UNAVAILABLE if the log was put back before a page was read of it: the page does not
 * go on from what these generations have looked at. To acquire them anew tells where to go on.
 */
export async function assertGoesOn(log: EventLog, generations: readonly Looked[]): Promise<void> {
  const [last] = generations
    .flatMap(({ landmark }) => landmark ?? [])
    .sort((a, b) => b.position - a.position);
  if (last === undefined || (await hasEvent(log, last))) return;
  throw new PlayheadError('STORE_UNAVAILABLE', 'the event store was put back to another state');
}
