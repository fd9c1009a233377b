import { LOG_START, type EventLog, type StoredEvent } from '../ports/event-store.js';
import { appendCopies, missingIn } from './append-copies.js';
import { CopyFailed } from './copy-failed.js';
import { beginCopy, type CopyMarking } from './copy-mark.js';
import { refuseForeignTarget } from './foreign-target.js';

/**
 * Events that are copied before the next ones begin. The search for the place to resume at relies
 * on it: a release may make it larger, never smaller.
 */
export const BATCH_EVENTS = 2_000;

/** The progress of a pass over a log, in events. */
export interface CopyProgress {
  readonly done: number;
  readonly total: number;
}

export interface CopyOptions extends CopyMarking {
  /**
   * The log to copy. Its positions count its events, as those of the embedded log do, and nobody
   * appends to it meanwhile.
   */
  readonly source: EventLog;
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Ends the copy after the batch under way, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The outcome of a copy, after which the target holds the whole log. */
export interface CopyReport {
  /** Events of the log. */
  readonly events: number;
  /** Events that the target held already. */
  readonly foundCopied: number;
}

/**
 * Copies a log to an event store: every stream with its order, revisions, event ids, types, schema
 * versions, times and data. The identity goes first, with the mark that the copy is not whole,
 * which stays; only the identity's stream may hold other events in between. Batches go in log
 * order, and the target acknowledges each as a whole before the next. So the target holds the
 * beginning of the log, ragged in its last batch only: a copy that was cut off finds its place by a
 * binary search and goes on one batch before it. Another run stores nothing twice. CopyFailed says
 * why a copy cannot go on.
 */
export async function copyLog(options: CopyOptions): Promise<CopyReport> {
  const { source, target, identityStream, onProgress, signal } = options;
  await refuseForeignTarget(source, target, identityStream);
  const total = await source.head();
  const present = await lastFoundCopied(options);
  const identity = await missingIdentity(options);
  let copied = identity.length;
  let isBegun = false;
  const copy = async (events: readonly StoredEvent[]): Promise<void> => {
    if (!isBegun) await beginCopy(options, identity);
    isBegun = true;
    await appendCopies(target, events, options);
  };
  if (identity.length > 0) await copy([]);
  for (let after = Math.max(LOG_START, present - BATCH_EVENTS); after < total;) {
    onProgress?.({ done: after, total });
    signal?.throwIfAborted();
    const { events, scanned } = await pageOf(source, after);
    const others = events.filter(({ stream }) => stream !== identityStream);
    const isRagged = present > LOG_START && after < present + BATCH_EVENTS;
    const missing = isRagged ? await missingIn(target, others) : others;
    if (missing.length > 0) await copy(missing);
    copied += missing.length;
    after = scanned;
  }
  onProgress?.({ done: total, total });
  return { events: total, foundCopied: total - copied };
}

async function pageOf(
  source: EventLog,
  after: number,
): Promise<{ readonly events: readonly StoredEvent[]; readonly scanned: number }> {
  const { events, scanned } = await source.readAll(after, BATCH_EVENTS);
  if (events.length === 0 || events.length !== scanned - after) {
    throw new CopyFailed(`the log to copy lacks events after position ${String(after)}`);
  }
  const damaged = events.find(({ damage }) => damage !== undefined);
  if (damaged !== undefined) {
    throw new CopyFailed(
      `the log to copy is damaged at position ${String(damaged.position)}: see check-log`,
    );
  }
  return { events, scanned };
}

/** Returns the events of the identity that the target lacks; others may write to its stream. */
async function missingIdentity({
  source,
  target,
  identityStream,
}: CopyOptions): Promise<readonly StoredEvent[]> {
  const held = new Set((await target.readStream(identityStream)).map(({ id }) => id));
  return (await source.readStream(identityStream)).filter(({ id }) => !held.has(id));
}

/** Returns the position of an event that the target holds while it lacks the next event. */
async function lastFoundCopied({ source, target, identityStream }: CopyOptions): Promise<number> {
  if ((await target.readStream(identityStream)).length === 0) return LOG_START;
  let present = LOG_START;
  let absent = (await source.head()) + 1;
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2);
    // The identity is copied first, so that it tells nothing of the events around it.
    let at = middle;
    let event = await eventAt(source, at);
    while (event?.stream === identityStream && at > present) {
      at -= 1;
      event = at > present ? await eventAt(source, at) : undefined;
    }
    if (at === present || (event !== undefined && (await holds(target, event)))) present = middle;
    else absent = at;
  }
  return present;
}

const eventAt = async (log: EventLog, position: number): Promise<StoredEvent | undefined> =>
  (await log.readAll(position - 1, 1)).events[0];

async function holds(target: EventLog, { stream, revision, id }: StoredEvent): Promise<boolean> {
  return (await target.readStream(stream))[revision]?.id === id;
}
