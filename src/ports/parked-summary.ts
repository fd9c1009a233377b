import type { ParkedEvent } from './read-model/documents.js';

/** A short summary of a projection's parked events that wait. */
export interface ParkedSummary {
  /** Undefined where nothing waits. */
  readonly lowest: ParkedPosition | undefined;
  readonly highest: ParkedPosition | undefined;
  /** The number of waiting events by cause. */
  readonly byCause: Readonly<Record<ParkedCause, number>>;
}

/**
 * Causes of parking. `damaged`: the event is not what was stored. `malformed`: nobody should have
 * stored it. `unknown`: nobody announced its type or schema version. `fold`: a projection's code
 * throws on it, or an earlier event of its document waits.
 */
export const PARKED_CAUSES = ['damaged', 'malformed', 'unknown', 'fold'] as const;
export type ParkedCause = (typeof PARKED_CAUSES)[number];

/** The beginnings of stored reasons (an error's name and message), and the causes they tell of. */
const BEGINNINGS: readonly (readonly [beginning: string, cause: ParkedCause])[] = [
  ['DamagedEventError: ', 'damaged'],
  ['UndecodableEvent: no way to read ', 'unknown'],
  ['UndecodableEvent: ', 'malformed'],
];

/** Returns the cause that a stored reason tells of. */
export function causeOf({ reason }: Pick<ParkedEvent, 'reason'>): ParkedCause {
  return BEGINNINGS.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? 'fold';
}

/** The position of a parked event as a number, and why it is parked. */
interface ParkedPosition {
  readonly position: number;
  readonly cause: ParkedCause;
}

/** Sums up the events that wait; leaves out those that were given up. */
export function summaryOf(parked: readonly ParkedEvent[]): ParkedSummary {
  const byCause = { damaged: 0, malformed: 0, unknown: 0, fold: 0 };
  let [lowest, highest]: (ParkedPosition | undefined)[] = [];
  for (const event of parked) {
    if (event.skipped !== undefined) continue;
    const { position } = event;
    const cause = causeOf(event);
    byCause[cause] += 1;
    if (lowest === undefined || position < lowest.position) lowest = { position, cause };
    if (highest === undefined || position > highest.position) highest = { position, cause };
  }
  return { lowest, highest, byCause };
}

export const NOTHING_PARKED = summaryOf([]);
