import { LOG_START, type EventLog, type StoredEvent } from '../ports/event-store.js';
import { STREAMS_AT_ONCE } from './append-copies.js';
import type { CopyProgress } from './copy-log.js';
import { firstDifference } from './same-events.js';

const PAGE_EVENTS = 2_000;

/** What a comparison of a log with its copy found. */
export interface Comparison {
  readonly streams: number;
  /** Events of the source that the copy holds, at their revision and with all they say. */
  readonly events: number;
  /** Events that the copy's streams hold beyond the source's: it was written to since. */
  readonly further: number;
  /** The first stream that lacks an event or has another in its place. */
  readonly difference: { readonly stream: string; readonly revision: number } | undefined;
}

export interface CompareOptions {
  readonly source: EventLog;
  readonly target: EventLog;
  /** The stream that holds the identity: of the copy's, only what is the log's too counts. */
  readonly identityStream: string;
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads every stream of a log from both sides and compares them event by event; ends at the first
 * difference. Streams are told by their first event, so that memory does not grow with the log.
 */
export async function compareLogs(options: CompareOptions): Promise<Comparison> {
  const { source, onProgress, signal } = options;
  const total = await source.head();
  const found = { streams: 0, events: 0, further: 0 };
  for (let after = LOG_START; ;) {
    signal?.throwIfAborted();
    const { events, scanned } = await source.readAll(after, PAGE_EVENTS);
    if (scanned === after) return { ...found, difference: undefined };
    const begun = events.filter(({ revision }) => revision === 0).map(({ stream }) => stream);
    for (let at = 0; at < begun.length; at += STREAMS_AT_ONCE) {
      const results = await Promise.all(
        begun.slice(at, at + STREAMS_AT_ONCE).map((stream) => compareStream(stream, options)),
      );
      for (const { ours, theirs, stream, differsAt } of results) {
        if (differsAt !== undefined) {
          return { ...found, difference: { stream, revision: differsAt } };
        }
        found.streams += 1;
        found.events += ours;
        found.further += theirs - ours;
      }
    }
    onProgress?.({ done: scanned, total });
    after = scanned;
  }
}

interface StreamComparison {
  readonly stream: string;
  readonly ours: number;
  readonly theirs: number;
  readonly differsAt: number | undefined;
}

async function compareStream(
  stream: string,
  { source, target, identityStream }: CompareOptions,
): Promise<StreamComparison> {
  const [ours, found] = await Promise.all([source.readStream(stream), target.readStream(stream)]);
  const theirs = stream === identityStream ? sharedWith(ours, found) : found;
  const isShort = theirs.length < ours.length;
  const differsAt = firstDifference(ours, theirs) ?? (isShort ? theirs.length : undefined);
  return { stream, ours: ours.length, theirs: theirs.length, differsAt };
}

/** Of the events of a copy those that are the log's too, as if there were no others. */
function sharedWith(
  ours: readonly StoredEvent[],
  theirs: readonly StoredEvent[],
): readonly StoredEvent[] {
  const ids = new Set(ours.map(({ id }) => id));
  const shared = theirs.filter(({ id }) => ids.has(id));
  return shared.map((event, revision) => ({ ...event, revision }));
}
