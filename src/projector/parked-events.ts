import { summaryOf, type ParkedSummary } from '../ports/parked-summary.js';
import type { DocumentWriter, ParkedChange, ParkedEvent } from '../ports/read-model/documents.js';
import type { Generation } from '../ports/read-model/generation.js';
import type { FeedEvent } from './feed-event.js';
import { NO_KEY, type EventsByKey, type Refused, type groupByKey } from './fold.js';

/** The parked events of one generation, as its owner knows them. */
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

  /** The number of events that wait to be tried again. */
  get count(): number {
    return this.waiting.length;
  }

  /** A summary of the parked events. */
  get summary(): ParkedSummary {
    this.summed ??= summaryOf(this.all);
    return this.summed;
  }

  /** The positions of the waiting events. */
  get positions(): readonly number[] {
    return [...new Set(this.waiting.map(({ position }) => position))].sort((a, b) => a - b);
  }

  /** Says whether an event for a document waits, which later events may not overtake. */
  isBlocked(key: string): boolean {
    return this.blocked.has(key);
  }

  /** Adds events that were refused; throws TooManyParked. */
  with(refused: readonly Refused[], now: number): { events: ParkedEvents; change: ParkedChange } {
    if (refused.length === 0) return { events: this, change: { puts: [], deletes: [] } };
    const puts = refused.map((event) => ({ ...event, parkedAt: now }));
    const events = new ParkedEvents(this.projection, [...this.all, ...puts]);
    if (events.count > PARKED_EVENTS_MAX) {
      throw new TooManyParked(this.projection, refused.at(-1)?.reason ?? '');
    }
    return { events, change: { puts, deletes: [] } };
  }

  /**
   * Returns the waiting parts of events that were read again. An event that could not be read
   * before goes to all of its documents now, any other to the document that could not take it. An
   * event that cannot be read this time keeps waiting, and so do all later events of that document.
   */
  waitingFor({ groups, refused }: ReturnType<typeof groupByKey>): Waiting {
    const keysAt = new Map<number, string[]>();
    for (const { position, key } of this.waiting) {
      keysAt.set(position, [...(keysAt.get(position) ?? []), key]);
    }
    const isWaiting = (position: number, key: string): boolean =>
      [key, NO_KEY].some((waiting) => keysAt.get(position)?.includes(waiting));
    const kept: EventsByKey = new Map(
      [...groups].flatMap(([key, events]) => {
        const own = events.filter(({ position }) => isWaiting(position, key));
        return own.length === 0 ? [] : [[key, own] as const];
      }),
    );
    const unread = refused.flatMap((event) =>
      (keysAt.get(event.position) ?? []).map((key) => ({ ...event, key })),
    );
    const held = new Set(unread.map(({ key }) => key));
    return { groups: kept, refused: unread, isBlocked: (key) => held.has(key) };
  }

  /** Returns the events that are parked after a retry, of which some were refused once more. */
  afterRetry(
    tried: readonly FeedEvent[],
    refused: readonly Refused[],
    now: number,
  ): { events: ParkedEvents; change: ParkedChange } {
    const positions = new Set(tried.map(({ position }) => position));
    const deletes = this.waiting.filter(({ position }) => positions.has(position));
    const idOf = ({ position, key }: Refused): string => `${String(position)} ${key}`;
    const since = new Map(this.all.map((event) => [idOf(event), event.parkedAt]));
    const puts = refused.map((event) => ({ ...event, parkedAt: since.get(idOf(event)) ?? now }));
    const rest = this.all.filter((event) => !deletes.includes(event));
    return {
      events: new ParkedEvents(this.projection, [...rest, ...puts]),
      change: { puts, deletes },
    };
  }

  private get waiting(): readonly ParkedEvent[] {
    return this.all.filter(({ skipped }) => skipped === undefined);
  }
}

/** The most parked events of a projection. With more it stops, as so many are no accident. */
const PARKED_EVENTS_MAX = 1_000;

/** Too many events are parked: the projection stops, and nothing of the batch is written. */
export class TooManyParked extends Error {
  constructor(projection: string, last: string) {
    super(
      `${projection} cannot go on: more than ${String(PARKED_EVENTS_MAX)} events are parked, ` +
        `the last one because of ${last}`,
    );
    this.name = 'TooManyParked';
  }
}

/** The events to try again, by document. */
interface Waiting extends ReturnType<typeof groupByKey> {
  /** Says whether a document waits for an event that could not be read. */
  readonly isBlocked: (key: string) => boolean;
}
