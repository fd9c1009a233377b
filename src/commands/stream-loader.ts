import { setImmediate as turn } from 'node:timers/promises';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import { LOG_START, NO_STREAM, type EventStore, type StoredEvent } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { assertWhole } from '../ports/refused-append.js';
import type { Snapshot } from './state-cache.js';

/** The subject of commands: its stream, and the streams of its later chapters. */
export interface Subject {
  readonly stream: string;
  readonly later?: (chapter: number) => string;
}

/** The rules by which a stream that grows long is closed and its subject goes on in another. */
export interface Chapters<State, Command, Closing extends DomainEvent> {
  readonly closingType: Closing['type'];
  isFull(state: State, commands: number): boolean;
  /** Returns the state with which a chapter begins, from the last state of the chapter before. */
  next(state: State): State;
  /** Returns the event that closes a chapter, and the state with which the next chapter begins. */
  close(state: State, command: Command, chapter: number): { event: Closing; state: State };
}

export interface StreamLoaderOptions<State, Stored extends DomainEvent> {
  readonly decider: {
    readonly initialState: State;
    evolve(state: State, event: Recorded<Stored>): State;
  };
  /** Undefined where streams stay short. */
  readonly chapters?: {
    readonly closingType: Stored['type'];
    /** Returns the state with which a chapter begins, from the last state of the chapter before. */
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

/** Streams that are read at a time: a batch may need many long ones, while other batches wait. */
const LOADS_MAX = 4;

/** Loads the states of streams from their events. */
export class StreamLoader<State, Stored extends DomainEvent> {
  private readonly lanes: Promise<unknown>[] = [];
  private loads = 0;

  constructor(private readonly options: StreamLoaderOptions<State, Stored>) {}

  /** Loads a state when its turn comes in one of a few lanes; the network has a turn before. */
  load(subject: Subject): Promise<Snapshot<State>> {
    const lane = this.loads % LOADS_MAX;
    this.loads += 1;
    const loaded = (this.lanes[lane] ?? Promise.resolve())
      .then(() => turn())
      .then(() => this.read(subject));
    this.lanes[lane] = loaded.catch(() => undefined);
    return loaded;
  }

  /** Reads the closing events of all closed chapters, then the whole open chapter. */
  private async read(subject: Subject): Promise<Snapshot<State>> {
    const { initialState: state } = this.options.decider;
    const { past } = this.options.store;
    let snapshot: Snapshot<State> = { state, chapter: 0, revision: NO_STREAM, position: LOG_START };
    for (let chapter = 0; ; chapter += 1) {
      const stream = streamOf(subject, chapter);
      const known = past?.known();
      const { read, last } = await this.readChapter(stream);
      // Another node may have closed the chapter between two reads.
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
      // A subject may have many chapters: other work gets its turn in between.
      await turn();
    }
  }

  private lastOf(stream: string): Promise<StoredEvent | undefined> {
    const { chapters, store } = this.options;
    return chapters === undefined ? Promise.resolve(undefined) : store.readLast(stream);
  }

  /** Reads the closing event alone where that is a chapter's last event; else the whole chapter. */
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

  /** Says whether a chapter of unreadable end is closed: then the next chapter has an event. */
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

  /** Decodes the events that can be read. */
  private async decoded(events: readonly StoredEvent[]): Promise<Chapter<Stored>['read']> {
    const read: { stored: StoredEvent; event: Recorded<Stored> }[] = [];
    for (const stored of events) {
      const event = await this.decode(stored);
      if (event !== undefined) read.push({ stored, event: event as unknown as Recorded<Stored> });
    }
    return read;
  }

  /**
   * Decodes an event; undefined if no node can read it: the read models park it, and the rest of
   * its stream stands. Throws for an event of a newer node, which that node has to decide on.
   */
  private async decode(stored: StoredEvent): Promise<Recorded | undefined> {
    try {
      return decodeEvent(stored);
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error;
      await this.options.vocabulary.assertOurs(error, stored);
      return undefined;
    }
  }
}

/** Returns the name of a chapter's stream. */
export const streamOf = ({ stream, later }: Subject, chapter: number): string =>
  chapter === 0 || later === undefined ? stream : later(chapter);
