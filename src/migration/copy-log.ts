import {
  LOG_START,
  type EventLog,
  type EventStore,
  type StoredEvent,
} from '../ports/event-store.js';
import { appendCopies, type AppendRules } from './append-copies.js';
import { CopyFailed } from './copy-failed.js';
import { refuseForeignTarget } from './foreign-target.js';

/**
 * Events that are copied before the next ones begin. The search for the place to resume at relies
 * on it: a release may make it larger, never smaller.
 */
export const BATCH_EVENTS = 2_000;

/** How far a pass over a log is, in events. */
export interface CopyProgress {
  readonly done: number;
  readonly total: number;
}

export interface CopyOptions extends Partial<AppendRules> {
  /**
   * What to copy. Its positions count its events, as those of the embedded log do, and nobody
   * appends to it meanwhile.
   */
  readonly source: EventLog;
  readonly target: EventStore;
  /** The stream that holds the identity of a log. */
  readonly identityStream: string;
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Ends the copy after the batch under way, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a copy did; with an earlier run's part it is the whole log. */
export interface CopyReport {
  readonly events: number;
  /** Those at the log's beginning that were found copied and not sent again. */
  readonly foundCopied: number;
}

/**
 * Copies a log to an event store: every stream with its order, revisions, event ids, types, schema
 * versions, times and data. Batches go in log order, each acknowledged as a whole before the next,
 * so that what is copied is the beginning of the log, ragged in its last batch only: a copy that
 * was cut off finds its place by a binary search and goes on one batch before it. Running it again
 * stores nothing twice. CopyFailed says why it cannot go on.
 */
export async function copyLog(options: CopyOptions): Promise<CopyReport> {
  const { source, target, identityStream, onProgress, signal } = options;
  await refuseForeignTarget(source, target, identityStream);
  const total = await source.head();
  const foundCopied = Math.max(LOG_START, (await lastFoundCopied(source, target)) - BATCH_EVENTS);
  for (let after = foundCopied; after < total;) {
    onProgress?.({ done: after, total });
    signal?.throwIfAborted();
    // The identity goes first and alone: whatever a target holds of us, it can be told by it.
    const limit = after === LOG_START ? 1 : BATCH_EVENTS;
    const { events, scanned } = await source.readAll(after, limit);
    if (events.length === 0 || events.length !== scanned - after) {
      throw new CopyFailed(`the log to copy lacks events after position ${String(after)}`);
    }
    const damaged = events.find(({ damage }) => damage !== undefined);
    if (damaged !== undefined) {
      throw new CopyFailed(
        `the log to copy is damaged at position ${String(damaged.position)}: see check-log`,
      );
    }
    await appendCopies(target, events, options);
    after = scanned;
  }
  onProgress?.({ done: total, total });
  return { events: total, foundCopied };
}

/** The position of an event that the target holds while it lacks the next one. */
async function lastFoundCopied(source: EventLog, target: EventLog): Promise<number> {
  let present = LOG_START;
  let absent = (await source.head()) + 1;
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2);
    const [event] = (await source.readAll(middle - 1, 1)).events;
    if (event !== undefined && (await holds(target, event))) present = middle;
    else absent = middle;
  }
  return present;
}

async function holds(target: EventLog, { stream, revision, id }: StoredEvent): Promise<boolean> {
  return (await target.readStream(stream))[revision]?.id === id;
}
