import { summaryOf, type ParkedSummary } from '../ports/parked-summary.js';
import type { DocumentWriter, ParkedChange, ParkedEvent } from '../ports/read-model/documents.js';
import type { Generation } from '../ports/read-model/generation.js';
import type { FeedEvent } from './feed.js';
import { NO_KEY, type EventsByKey, type Refused, type groupByKey } from './fold.js';

/** More than so many of one projection are no accident: it stops. */
const PARKED_EVENTS_MAX = 1_000;

/** More events wait than may: the projection stops, and nothing of the batch is written. */
export class TooManyParked extends Error {
  constructor(projection: string, last: string) {
    super(
      `${projection} cannot go on: more than ${String(PARKED_EVENTS_MAX)} events are parked, ` +
        `the last one because of ${last}`,
    );
    this.name = 'TooManyParked';
  }
}

/** What is to be tried again. */
interface Waiting extends ReturnType<typeof groupByKey> {
  /** The documents for which an event waits that could not be read. */
  readonly isBlocked: (key: string) => boolean;
}

/** The events of one generation that could not be taken, as its owner knows them. */
export class ParkedEvents {
  private readonly blocked: ReadonlySet<string>;
  private summed: ParkedSummary | undefined;

  private constructor(
    private readonly projection: string,
    private readonly all: readonly ParkedEvent[],
  ) {
    this.blocked = new Set(this.waiting.map(({ key }) => key).filter((key) => key !== NO_KEY));
  }

  static none(): ParkedEvents {
    return new ParkedEvents('', []);
  }

  static async of(generation: Generation, writer: DocumentWriter): Promise<ParkedEvents> {
    return new ParkedEvents(generation.projection, await writer.parked(generation));
  }

  /** How many wait to be tried again. */
  get count(): number {
    return this.waiting.length;
  }

  /** The same in a few words. */
  get summary(): ParkedSummary {
    this.summed ??= summaryOf(this.all);
    return this.summed;
  }

  /** Where in the log they are. */
  get positions(): readonly number[] {
    return [...new Set(this.waiting.map(({ position }) => position))].sort((a, b) => a - b);
  }

  /** Whether an event for a document waits, which later ones may not overtake. */
  isBlocked(key: string): boolean {
    return this.blocked.has(key);
  }

  /** The same with more of them; TooManyParked. */
  with(refused: readonly Refused[], now: number): { events: ParkedEvents; change: ParkedChange } {
    if (refused.length === 0) return { events: this, change: { puts: [], deletes: [] } };
    const puts = refused.map((one) => ({ ...one, parkedAt: now }));
    const events = new ParkedEvents(this.projection, [...this.all, ...puts]);
    if (events.count > PARKED_EVENTS_MAX) {
      throw new TooManyParked(this.projection, refused.at(-1)?.reason ?? '');
    }
    return { events, change: { puts, deletes: [] } };
  }

  /**
   * Of events that were read again, those parts that wait: what could not be read goes to all its
   * documents now, all else to the one document that could not take it. What cannot be read this
   * time waits where it waited, and so does all that came after it there.
   */
  waitingFor({ groups, refused }: ReturnType<typeof groupByKey>): Waiting {
    const keysAt = new Map<number, string[]>();
    for (const { position, key } of this.waiting) {
      keysAt.set(position, [...(keysAt.get(position) ?? []), key]);
    }
    const isWaiting = (position: number, key: string): boolean =>
      [key, NO_KEY].some((one) => keysAt.get(position)?.includes(one));
    const kept: EventsByKey = new Map(
      [...groups].flatMap(([key, events]) => {
        const own = events.filter(({ position }) => isWaiting(position, key));
        return own.length === 0 ? [] : [[key, own] as const];
      }),
    );
    const unread = refused.flatMap((one) =>
      (keysAt.get(one.position) ?? []).map((key) => ({ ...one, key })),
    );
    const held = new Set(unread.map(({ key }) => key));
    return { groups: kept, refused: unread, isBlocked: (key) => held.has(key) };
  }

  /** What is left after those events were tried again, of which some were refused once more. */
  afterRetry(
    tried: readonly FeedEvent[],
    refused: readonly Refused[],
    now: number,
  ): { events: ParkedEvents; change: ParkedChange } {
    const positions = new Set(tried.map(({ position }) => position));
    const deletes = this.waiting.filter(({ position }) => positions.has(position));
    const since = new Map(this.all.map((one) => [`${String(one.position)} ${one.key}`, one]));
    const puts = refused.map((one) => {
      const before = since.get(`${String(one.position)} ${one.key}`);
      return { ...one, parkedAt: before?.parkedAt ?? now };
    });
    const rest = this.all.filter((one) => !deletes.includes(one));
    return {
      events: new ParkedEvents(this.projection, [...rest, ...puts]),
      change: { puts, deletes },
    };
  }

  private get waiting(): readonly ParkedEvent[] {
    return this.all.filter(({ skipped }) => skipped === undefined);
  }
}
