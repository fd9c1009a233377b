import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import { LOG_START, NO_STREAM, type EventStore, type StoredEvent } from '../ports/event-store.js';
import { writtenByNewer, type LogVocabulary } from '../ports/log-vocabulary.js';
import { assertWhole } from '../ports/refused-append.js';
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

/** The stream of a chapter, as far as it was read. */
interface Chapter<Stored extends DomainEvent> {
  readonly read: readonly { readonly stored: StoredEvent; readonly event: Recorded<Stored> }[];
  readonly last: StoredEvent | undefined;
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
    const { past } = this.options.store;
    let snapshot: Snapshot<State> = { state, chapter: 0, revision: NO_STREAM, position: LOG_START };
    for (let chapter = 0; ; chapter += 1) {
      const stream = streamOf(subject, chapter);
      const known = past?.known();
      const { read, last } = await this.readChapter(stream);
      // Another node may have closed it between two reads.
      const closing = read.find(({ event }) => this.isClosing(event));
      const { revision, position } = closing?.stored ??
        last ?? { ...snapshot, revision: NO_STREAM };
      const evolved = (closing === undefined ? read : [closing]).reduce(
        (before, { event }) => this.options.decider.evolve(before, event),
        snapshot.state,
      );
      snapshot = { state: evolved, chapter, revision, position };
      if (last !== undefined && known !== undefined) past?.saw(last, known);
      if (closing === undefined) {
        if (!(await this.isClosedAnyway(subject, chapter, last))) return snapshot;
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

  /** What closes a chapter alone, where that is its last event; else all of it. */
  private async readChapter(stream: string): Promise<Chapter<Stored>> {
    const last = await this.lastOf(stream);
    if (last !== undefined && this.isClosing(last)) {
      const read = await this.decoded([last]);
      if (read.length > 0) return { read, last };
    }
    const stored = await this.options.store.readStream(stream);
    assertWhole(stored);
    return { read: await this.decoded(stored), last: stored.at(-1) };
  }

  private isClosing({ type }: { readonly type: string }): boolean {
    return type === this.options.chapters?.closingType;
  }

  /** Whether a chapter is closed of which the end cannot be read, the next one tells. */
  private async isClosedAnyway(
    subject: Subject,
    chapter: number,
    last: StoredEvent | undefined,
  ): Promise<boolean> {
    const { chapters } = this.options;
    if (chapters === undefined || last === undefined) return false;
    if (last.damage === undefined && !this.isClosing(last)) return false;
    return (await this.lastOf(streamOf(subject, chapter + 1))) !== undefined;
  }

  /** The events that can be read. */
  private async decoded(events: readonly StoredEvent[]): Promise<Chapter<Stored>['read']> {
    const read: { stored: StoredEvent; event: Recorded<Stored> }[] = [];
    for (const stored of events) {
      const event = await this.decode(stored);
      if (event !== undefined) read.push({ stored, event: event as unknown as Recorded<Stored> });
    }
    return read;
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
