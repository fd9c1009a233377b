import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import { LOG_START, NO_STREAM, type EventStore, type StoredEvent } from '../ports/event-store.js';
import { writtenByNewer, type LogVocabulary } from '../ports/log-vocabulary.js';
import type { Snapshot } from './state-cache.js';

/** Streams that are read at a time: a batch may be of many long ones, and others wait meanwhile. */
const LOADS_MAX = 4;

/** What is written to: its stream, and those of its later chapters. */
export interface Subject {
  readonly stream: string;
  readonly later?: (chapter: number) => string;
}

/** How a stream that grows long is closed, and what it belongs to goes on in another. */
export interface Chapters<State, Command, Closing extends DomainEvent> {
  readonly closingType: Closing['type'];
  isFull(state: State, commands: number): boolean;
  /** The state that a chapter begins with, if the one before ended with this. */
  next(state: State): State;
  /** What closes a chapter, and the state that the next one begins with. */
  close(state: State, command: Command, chapter: number): { event: Closing; state: State };
}

export interface StreamLoaderOptions<State, Stored extends DomainEvent> {
  readonly decider: {
    readonly initialState: State;
    evolve(state: State, event: Recorded<Stored>): State;
  };
  /** Undefined: streams stay short. */
  readonly chapters?: {
    readonly closingType: Stored['type'];
    /** The state that a chapter begins with, if the one before ended with this. */
    next(state: State): State;
  };
  readonly store: EventStore;
  readonly vocabulary: LogVocabulary;
}

/** Reads what streams have led to. */
export class StreamLoader<State, Stored extends DomainEvent> {
  private readonly lanes: Promise<unknown>[] = [];
  private loads = 0;

  constructor(private readonly options: StreamLoaderOptions<State, Stored>) {}

  /** Takes its turn in one of a few lanes, and lets the network be looked after before. */
  load(subject: Subject): Promise<Snapshot<State>> {
    const lane = this.loads % LOADS_MAX;
    this.loads += 1;
    const loaded = (this.lanes[lane] ?? Promise.resolve())
      .then(() => turn())
      .then(() => this.read(subject));
    this.lanes[lane] = loaded.catch(() => undefined);
    return loaded;
  }

  /** The closing events of all closed chapters, then the open one. */
  private async read(subject: Subject): Promise<Snapshot<State>> {
    const { initialState: state } = this.options.decider;
    let snapshot: Snapshot<State> = { state, chapter: 0, revision: NO_STREAM, position: LOG_START };
    for (let chapter = 0; ; chapter += 1) {
      const stream = streamOf(subject, chapter);
      const [last] = await this.closingIn([await this.lastOf(stream)]);
      const stored = last === undefined ? await this.options.store.readStream(stream) : [last];
      // Another node may have closed it between the two reads.
      const [closing] = await this.closingIn(stored);
      const events = closing === undefined ? stored : [closing];
      const { revision, position } = events.at(-1) ?? { ...snapshot, revision: NO_STREAM };
      const evolved = await this.evolved(snapshot.state, events);
      snapshot = { state: evolved, chapter, revision, position };
      if (closing === undefined) {
        if (!(await this.isClosedAnyway(subject, chapter, events.at(-1)))) return snapshot;
        snapshot = { ...snapshot, state: this.options.chapters?.next(evolved) ?? evolved };
      }
      // There may be many chapters: others have their turn meanwhile.
      await turn();
    }
  }

  private lastOf(stream: string): Promise<StoredEvent | undefined> {
    const { chapters, store } = this.options;
    return chapters === undefined ? Promise.resolve(undefined) : store.readLast(stream);
  }

  /** Those of some events that close a chapter, as far as they can be read. */
  private async closingIn(
    events: readonly (StoredEvent | undefined)[],
  ): Promise<readonly StoredEvent[]> {
    const { chapters } = this.options;
    const closing: StoredEvent[] = [];
    for (const event of events) {
      if (event === undefined || event.type !== chapters?.closingType) continue;
      if ((await this.decode(event)) !== undefined) closing.push(event);
    }
    return closing;
  }

  /** Whether a chapter is closed of which the end cannot be read, the next one tells. */
  private async isClosedAnyway(
    subject: Subject,
    chapter: number,
    last: StoredEvent | undefined,
  ): Promise<boolean> {
    const { chapters } = this.options;
    const isUnknown = last?.damage !== undefined || last?.type === chapters?.closingType;
    if (chapters === undefined || last === undefined || !isUnknown) return false;
    return (await this.lastOf(streamOf(subject, chapter + 1))) !== undefined;
  }

  private async evolved(state: State, stored: readonly StoredEvent[]): Promise<State> {
    let evolved = state;
    for (const one of stored) {
      const event = await this.decode(one);
      if (event === undefined) continue;
      evolved = this.options.decider.evolve(evolved, event as unknown as Recorded<Stored>);
    }
    return evolved;
  }

  /**
   * Undefined for an event that nobody can read: the read models park it, and what else is in its
   * stream stands. One of a newer node's is that node's to decide on.
   */
  private async decode(stored: StoredEvent): Promise<Recorded | undefined> {
    try {
      return decodeEvent(stored);
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error;
      const { type, version } = stored;
      if (await this.options.vocabulary.isNewer(error, type, version)) throw writtenByNewer();
      return undefined;
    }
  }
}

/** The stream of a chapter. */
export const streamOf = ({ stream, later }: Subject, chapter: number): string =>
  chapter === 0 || later === undefined ? stream : later(chapter);
