import { PlayheadError } from '../domain/errors.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import { hasEvent, type Landmark } from '../ports/log-past.js';
import type { Generation, GenerationProgress } from '../ports/read-model/generation.js';

/** The position up to which an owner has looked at the log, and the last event that it saw. */
interface Looked {
  readonly scanned: number;
  readonly landmark: Landmark | undefined;
}

/** The checkpoint of a generation, and the last event that its owner saw after it. */
type ReadUpTo = Pick<Generation, 'checkpoint' | 'checkpointId'> & Pick<GenerationProgress, 'seen'>;

/**
 * Returns the last event that an owner is known to have looked at; undefined if none is. While the
 * log has that event, it also has all of Playhead's events before it.
 */
export function landmarkOf({ checkpoint, checkpointId, seen }: ReadUpTo): Landmark | undefined {
  if (seen !== undefined && seen.position > checkpoint) return seen;
  if (checkpoint === LOG_START || checkpointId === undefined) return undefined;
  return { position: checkpoint, id: checkpointId };
}

/**
 * Returns the last event that the owner before saw after the checkpoint, if the log still has it.
 * The next owner goes on from that event, or else from the checkpoint. What the earlier owner
 * scanned beyond may be gone, with other events in its place. Looking at events twice does no harm.
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
 * Throws STORE_UNAVAILABLE if the log was put back before a page was read. Such a page does not
 * continue what these generations have looked at. The caller acquires them anew to find out where
 * to go on.
 */
export async function assertGoesOn(log: EventLog, generations: readonly Looked[]): Promise<void> {
  const [last] = generations
    .flatMap(({ landmark }) => landmark ?? [])
    .sort((a, b) => b.position - a.position);
  if (last === undefined || (await hasEvent(log, last))) return;
  throw new PlayheadError('STORE_UNAVAILABLE', 'the event store was put back to another state');
}
