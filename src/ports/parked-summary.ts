import type { ParkedEvent } from './read-model/documents.js';

/**
 * Why an event is parked. `damaged`: it is not what was stored. `malformed`: nobody should have
 * stored it. `unknown`: of a type or schema version that nobody announced. `fold`: the code of a
 * projection throws on it, or an earlier event of its document waits.
 */
export const PARKED_CAUSES = ['damaged', 'malformed', 'unknown', 'fold'] as const;
export type ParkedCause = (typeof PARKED_CAUSES)[number];

/** How the reasons of causes begin, as they are stored: an error's name, and what it says. */
const BEGINNINGS: readonly (readonly [beginning: string, cause: ParkedCause])[] = [
  ['DamagedEventError: ', 'damaged'],
  ['UndecodableEvent: no way to read ', 'unknown'],
  ['UndecodableEvent: ', 'malformed'],
];

/** The cause that a stored reason tells of. */
export function causeOf({ reason }: Pick<ParkedEvent, 'reason'>): ParkedCause {
  return BEGINNINGS.find(([beginning]) => reason.startsWith(beginning))?.[1] ?? 'fold';
}

/** Where in the log a parked event is, as a number, and why it is parked. */
interface ParkedPlace {
  readonly position: number;
  readonly cause: ParkedCause;
}

/** What waits of one projection, in a few words. */
export interface ParkedSummary {
  /** Undefined where nothing waits. */
  readonly lowest: ParkedPlace | undefined;
  readonly highest: ParkedPlace | undefined;
  /** How many wait, by cause. */
  readonly byCause: Readonly<Record<ParkedCause, number>>;
}

/** Sums up those that wait; what was given up does not. */
export function summaryOf(parked: readonly ParkedEvent[]): ParkedSummary {
  const byCause = { damaged: 0, malformed: 0, unknown: 0, fold: 0 };
  let [lowest, highest]: (ParkedPlace | undefined)[] = [];
  for (const one of parked) {
    if (one.skipped !== undefined) continue;
    const { position } = one;
    const cause = causeOf(one);
    byCause[cause] += 1;
    if (lowest === undefined || position < lowest.position) lowest = { position, cause };
    if (highest === undefined || position > highest.position) highest = { position, cause };
  }
  return { lowest, highest, byCause };
}

export const NOTHING_PARKED = summaryOf([]);
