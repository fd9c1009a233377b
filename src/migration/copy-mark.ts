import { schemaVersionOf, VOCABULARY } from '../domain/event-codec.js';
import type { CopyBegun, CopyCompleted, EventType, VocabularyExtended } from '../domain/event.js';
import type { EventStore, EventToAppend, StoredEvent } from '../ports/event-store.js';
import { announcedIn, isHalfCopied } from '../ports/log-vocabulary.js';
import { appendCopies, toEvent, type AppendRules } from './append-copies.js';

/** The target of a copy, and the sources of its marks' ids and times. */
export interface CopyMarking extends Partial<AppendRules> {
  readonly target: EventStore;
  /** The stream that holds the identity of a log. */
  readonly identityStream: string;
  /** Draws a UUID. */
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const MARKS = ['copy_begun', 'copy_completed'] as const satisfies readonly EventType[];

/**
 * Marks the target as half a copy, unless it is marked already, in one append with the events that
 * its identity lacks: a target with anything of ours says whose it is and that it is not whole.
 */
export async function beginCopy(
  marking: CopyMarking,
  missing: readonly StoredEvent[],
): Promise<void> {
  const held = await marking.target.readStream(marking.identityStream);
  const said = [...held, ...missing];
  const announced = announcedIn(said);
  const data = { storeId: storeIdIn(said) };
  const unknown = MARKS.filter((type) => (announced[type] ?? 0) < schemaVersionOf(type));
  const vocabulary = Object.fromEntries(unknown.map((type) => [type, VOCABULARY[type] ?? 1]));
  await add(marking, held.length, [
    ...missing.map(toEvent),
    ...(unknown.length === 0
      ? []
      : [ofOurs(marking, { type: 'vocabulary_extended', data: { vocabulary } })]),
    ...(isHalfCopied(held) ? [] : [ofOurs(marking, { type: 'copy_begun', data })]),
  ]);
}

/** Lifts the mark from a copy that was found whole. */
export async function completeCopy(marking: CopyMarking): Promise<void> {
  const held = await marking.target.readStream(marking.identityStream);
  if (!isHalfCopied(held)) return;
  const data = { storeId: storeIdIn(held) };
  await add(marking, held.length, [ofOurs(marking, { type: 'copy_completed', data })]);
}

/** Returns the log's store id, which the first event of its identity holds. */
const storeIdIn = ([first]: readonly StoredEvent[]): string => String(first?.data.storeId);

function ofOurs(
  { newId, now }: CopyMarking,
  { type, data }: CopyBegun | CopyCompleted | VocabularyExtended,
): EventToAppend {
  return { id: newId(), type, version: schemaVersionOf(type), recordedAt: now(), data };
}

/** Adds events to the identity's stream, which has `length` events. */
async function add(
  { target, identityStream: stream, ...rules }: CopyMarking,
  length: number,
  events: readonly EventToAppend[],
): Promise<void> {
  const placed = events.map((event, i) => ({ ...event, stream, revision: length + i }));
  await appendCopies(target, placed, rules);
}
