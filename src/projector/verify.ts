import { PlayheadError } from '../domain/errors.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import type { DocumentDifference, VerificationReport } from '../ports/projection-administration.js';
import type { Projection } from '../ports/projection.js';
import type { DocumentReader, ReadModelReader } from '../ports/read-model/reader.js';
import { changesOf } from './compare-builds.js';
import { compareDocuments, type ComparedDocument } from './compare-documents.js';
import { decodeForFeed } from './feed.js';
import { isReadable, type ReadableEvent } from './feed-event.js';
import { NO_KEY } from './fold.js';
import { TimeLimitedLog } from './time-limited-log.js';
import { Recomputation, type RecomputationOptions } from './recomputation.js';

/**
 * Compares the serving read model with a fold of the log up to the same position. It folds most of
 * the log before it takes the snapshot to compare, so that the snapshot is not open for long.
 */
export async function verify(options: VerificationOptions): Promise<VerificationReport> {
  const { projection, reader } = options;
  const { name } = projection;
  const names = [name] as const;
  const log = new TimeLimitedLog(options.log);
  const { checkpoint, settings } = await reader.snapshot(names, LOG_START, (readers) => {
    const { checkpoint, settings } = readers[name];
    return Promise.resolve({ checkpoint, settings });
  });
  const recomputation = await Recomputation.start({ ...options, log }, settings);
  await recomputation.foldTo(checkpoint);
  return reader.snapshot(names, LOG_START, async (found) => {
    if (changesOf(settings, found[name].settings) !== '') {
      throw new PlayheadError('CONFLICT', 'another read model took its place: verify it again');
    }
    await recomputation.foldTo(found[name].checkpoint);
    return options.scratch.reader.snapshot(names, LOG_START, (expected) =>
      compareSnapshots({ ...options, log }, expected[name], found[name]),
    );
  });
}

/** The most events that are named for a document, enough to see what happened. */
export const POSITIONS_MAX = 100;
/** The number of events that are read at once. */
const PAGE_LENGTH = 5_000;
/** The most characters that are shown of a document. */
const TEXT_LENGTH_MAX = 2_000;

export interface VerificationOptions extends RecomputationOptions {
  /** Reads the read model that is verified. */
  readonly reader: ReadModelReader;
  /**
   * Documents from before this time (epoch milliseconds) are left out, as retention may remove
   * them. The read model itself tells what retention has removed under earlier settings.
   */
  readonly earliest: number;
}

async function compareSnapshots(
  options: VerificationOptions,
  expected: DocumentReader,
  found: DocumentReader,
): Promise<VerificationReport> {
  const { projection, signal } = options;
  const { checkpoint } = found;
  const earliest = Math.max(options.earliest, await found.retiredBefore());
  const parked = await parkedKeys(options, expected, found);
  const excused = new Set([...parked, ...(await sumsOver(projection, parked, expected, found))]);
  let first: ComparedDocument | undefined;
  const counts = { documents: 0, differing: 0, parked: 0 };
  for await (const compared of compareDocuments({ projection, expected, found, earliest })) {
    signal?.throwIfAborted();
    counts.documents += 1;
    if (compared.expected === compared.found) continue;
    if (excused.has(compared.key)) counts.parked += 1;
    else {
      counts.differing += 1;
      first ??= compared;
    }
  }
  const { name, version } = projection;
  const difference = first && (await describe(first, options, checkpoint));
  return { name, version, checkpoint, ...counts, first: difference };
}

/** Finds the documents that lack an event on either side. */
async function parkedKeys(
  { projection, log, vocabulary }: VerificationOptions,
  expected: DocumentReader,
  found: DocumentReader,
): Promise<ReadonlySet<string>> {
  const parked = [...(await expected.parked()), ...(await found.parked())];
  const keys = new Set(parked.map(({ key }) => key).filter((key) => key !== NO_KEY));
  const unread = new Set(parked.flatMap(({ key, position }) => (key === NO_KEY ? [position] : [])));
  if (unread.size === 0) return keys;
  // An event that could not be read when it was parked may be readable now.
  for await (const { position, event } of eventsOf(log, vocabulary, found.checkpoint)) {
    if (!unread.has(position)) continue;
    for (const key of keysOf(projection, event)) keys.add(key);
  }
  return keys;
}

/** Finds the sums that differ because some of their documents do. */
async function sumsOver(
  { sums }: Projection,
  keys: ReadonlySet<string>,
  expected: DocumentReader,
  found: DocumentReader,
): Promise<readonly string[]> {
  if (sums === undefined || keys.size === 0) return [];
  const [ours, theirs] = [await expected.get([...keys]), await found.get([...keys])];
  return [...keys].flatMap((key) => {
    const [one, other] = [ours.get(key), theirs.get(key)];
    const differences = [
      ...sums.differencesOf(one, other, key),
      ...sums.differencesOf(other, one, key),
    ];
    return differences.map((difference) => difference.key);
  });
}

async function describe(
  { key, expected, found }: ComparedDocument,
  { projection, log, vocabulary }: VerificationOptions,
  checkpoint: number,
): Promise<DocumentDifference> {
  const positions: number[] = [];
  for await (const { position, event } of eventsOf(log, vocabulary, checkpoint)) {
    if (keysOf(projection, event).includes(key)) positions.push(position);
    if (positions.length > POSITIONS_MAX) break;
  }
  return {
    key,
    expected: expected?.slice(0, TEXT_LENGTH_MAX),
    found: found?.slice(0, TEXT_LENGTH_MAX),
    positions: positions.slice(0, POSITIONS_MAX),
    isCut: positions.length > POSITIONS_MAX,
  };
}

/** Returns the keys of an event; none if the projection cannot tell them. */
function keysOf(projection: Projection, event: ReadableEvent['event']): readonly string[] {
  try {
    return projection.keysOf(event);
  } catch {
    return [];
  }
}

/** Reads the events of a log that can be read, up to a position. */
async function* eventsOf(
  log: EventLog,
  vocabulary: LogVocabulary,
  last: number,
): AsyncGenerator<ReadableEvent> {
  let scanned = LOG_START;
  while (scanned < last) {
    const page = await log.readAll(scanned, PAGE_LENGTH);
    for (const stored of page.events) {
      if (stored.position > last) return;
      const event = await decodeForFeed(stored, vocabulary);
      if (isReadable(event)) yield event;
    }
    if (page.isEnd) return;
    scanned = page.scanned;
  }
}
