import type { FoldSettings, IndexValues, Projection, Totals } from '../ports/projection.js';
import type { DocumentWrite, ParkedEvent, StoredDocument } from '../ports/read-model/documents.js';
import { isNewer, isReadable, type FeedEvent, type ReadableEvent } from './feed-event.js';

/** Folds events into the documents that they touch; documents that do not change are left out. */
export function fold(options: FoldOptions): Folded {
  const { projection, settings, groups, loaded, isBlocked } = options;
  const bodies = new Map(loaded.map(({ key, body }) => [key, body]));
  const puts: DocumentWrite[] = [];
  const deletes: string[] = [];
  const refused: Refused[] = [];
  const change: Record<string, number> = { folds: 0 };
  const amounts = new Map<string, object[]>();
  for (const [key, events] of groups) {
    const before = bodies.get(key);
    const blocked = isBlocked(key) ? EARLIER_WAITS : undefined;
    const result = foldDocument(projection, { key, before, events, blocked, settings });
    const { body, folded, write } = result;
    for (const [i, { position }] of events.slice(folded).entries()) {
      refused.push({ position, key, reason: i === 0 ? result.reason : EARLIER_WAITS });
    }
    change.folds = (change.folds ?? 0) + folded;
    add(change, result.change);
    for (const { key: sumKey, amount } of result.differences) {
      const some = amounts.get(sumKey);
      if (some === undefined) amounts.set(sumKey, [amount]);
      else some.push(amount);
    }
    if (body === before) continue;
    if (write === undefined) deletes.push(key);
    else puts.push(write);
  }
  projection.watch?.end();
  return { puts, deletes, refused, change, amounts };
}

/** The key of a parked event that cannot be read, so that no document is known for it. */
export const NO_KEY = '';

const EARLIER_WAITS = 'an earlier event of this document waits';

/** The documents that some events touch, and the events of each in log order. */
export type EventsByKey = ReadonlyMap<string, readonly ReadableEvent[]>;

/** An event that a projection refused, and the reason. */
export type Refused = Pick<ParkedEvent, 'position' | 'key' | 'reason'>;

/** Groups events by the documents that they touch; refuses those that it cannot assign. */
export function groupByKey(
  projection: Projection,
  events: readonly FeedEvent[],
): { readonly groups: EventsByKey; readonly refused: readonly Refused[] } {
  const groups = new Map<string, ReadableEvent[]>();
  const refused: Refused[] = [];
  for (const entry of events) {
    try {
      if (isNewer(entry)) continue;
      if (!isReadable(entry)) throw entry.failure;
      projection.watch?.begin(entry.position);
      for (const key of projection.keysOf(entry.event)) {
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [entry]);
        else group.push(entry);
      }
    } catch (error) {
      refused.push({ position: entry.position, key: NO_KEY, reason: String(error) });
    }
  }
  projection.watch?.end();
  return { groups, refused };
}

export interface FoldOptions {
  readonly projection: Projection;
  /** The settings of the generation. */
  readonly settings: FoldSettings;
  readonly groups: EventsByKey;
  readonly loaded: readonly StoredDocument[];
  /** Says whether an earlier event of a document waits, which later events may not overtake. */
  readonly isBlocked: (key: string) => boolean;
}

export interface Folded {
  readonly puts: readonly DocumentWrite[];
  readonly deletes: readonly string[];
  readonly refused: readonly Refused[];
  /** The difference that the events make to the totals. */
  readonly change: Totals;
  /** The amounts to add to sums, by the key of the sum. */
  readonly amounts: AmountsByKey;
}

type AmountsByKey = ReadonlyMap<string, readonly object[]>;

/** Adds amounts to the sums that they belong to, and returns the documents to write. */
export function addToSums(
  projection: Projection,
  amounts: AmountsByKey,
  loaded: readonly StoredDocument[],
): Pick<Folded, 'puts' | 'change'> {
  const bodies = new Map(loaded.map(({ key, body }) => [key, body]));
  const puts: DocumentWrite[] = [];
  const change: Record<string, number> = {};
  for (const [key, some] of amounts) {
    const before = bodies.get(key);
    const body = projection.sums?.add(before, some, key) ?? before;
    if (body === before || body === undefined) continue;
    addChange(change, projection, { key, before, body });
    puts.push(writeOf(projection, { key, before, body }));
  }
  return { puts, change };
}

interface DocumentFold {
  readonly key: string;
  readonly before: object | undefined;
  readonly events: readonly ReadableEvent[];
  readonly settings: FoldSettings;
  /** The reason why none of the events can be folded; undefined if they can be. */
  readonly blocked: string | undefined;
}

/** Folds events into a document, up to the first event that it cannot take. */
function foldDocument(
  projection: Projection,
  { key, before, events, settings, blocked }: DocumentFold,
) {
  const nothing = { body: before, folded: 0, write: undefined, change: {}, differences: [] };
  if (blocked !== undefined) return { ...nothing, reason: blocked };
  let body = before;
  let folded = 0;
  let reason = '';
  try {
    for (const { event, position } of events) {
      projection.watch?.begin(position);
      body = projection.evolve(body, event, key, settings);
      folded += 1;
    }
  } catch (error) {
    reason = String(error);
  }
  if (body === before) return { ...nothing, folded, reason };
  try {
    const change: Record<string, number> = {};
    addChange(change, projection, { key, before, body });
    const write = body && writeOf(projection, { key, before, body });
    const differences = projection.sums?.differencesOf(before, body, key) ?? [];
    return { body, folded, write, change, differences, reason };
  } catch (error) {
    // One of the events made the document wrong: none of them is taken.
    return { ...nothing, reason: String(error) };
  }
}

/** A document before and after a change. */
interface Changed<Body extends object | undefined = object> {
  readonly key: string;
  readonly before: object | undefined;
  readonly body: Body;
}

function writeOf(projection: Projection, { key, before, body }: Changed): DocumentWrite {
  const indexValues = projection.indexValuesOf(body, key);
  const keepsIndexValues =
    before !== undefined && areSame(projection.indexValuesOf(before, key), indexValues);
  return { key, body, indexValues, ...(keepsIndexValues && { keepsIndexValues }) };
}

function areSame(before: IndexValues, after: IndexValues): boolean {
  for (const name in before) if (before[name] !== after[name]) return false;
  for (const name in after) if (before[name] !== after[name]) return false;
  return true;
}

/** Adds to the totals the difference that the change of a document makes. */
function addChange(
  change: Record<string, number>,
  projection: Projection,
  { key, before, body }: Changed<object | undefined>,
): void {
  if (body !== undefined) add(change, projection.measure(body, key));
  if (before !== undefined) add(change, projection.measure(before, key), -1);
}

/** Adds totals to sums, name by name. */
export function add(sums: Record<string, number>, totals: Totals, times = 1): void {
  for (const name in totals) {
    sums[name] = (sums[name] ?? 0) + times * (totals[name] ?? 0);
  }
}
