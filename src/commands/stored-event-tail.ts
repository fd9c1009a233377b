import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isPlaybackEvent } from '../domain/event.js';
import { stateIn } from '../domain/figures/playback-state.js';
import { MINUTE_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore, LogPage, StoredEvent } from '../ports/event-store.js';
import type { EventTail, TailedEvent } from '../ports/event-tail.js';
import { toLogEntry, toUnreadableEntry } from './log-entry.js';

/** How far back a tail begins, in milliseconds, and in events at most. */
const RECENT_MS = 5 * MINUTE_MS;
const RECENT_EVENTS_MAX = 200;
const PAGE_EVENTS = 500;
/** The time in milliseconds in which new events gather, so that many come together. */
const GATHER_MS = 250;

/** Follows the end of the log. */
export class StoredEventTail implements EventTail {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  follow(mediaId?: string): AsyncIterableIterator<readonly TailedEvent[], undefined> {
    return new Following(this.store, this.clock.now() - RECENT_MS, mediaId);
  }
}

type Result = IteratorResult<readonly TailedEvent[], undefined>;

/** One who follows; the log itself keeps what was not taken yet. */
class Following implements AsyncIterableIterator<readonly TailedEvent[], undefined> {
  /** Up to where the log was read; undefined before the first read. */
  private after: number | undefined;
  private isOver = false;
  private hasNews = true;
  private wake = (): void => undefined;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: EventStore,
    private readonly since: number,
    private readonly mediaId: string | undefined,
  ) {
    this.unsubscribe = store.onAppended(() => {
      this.hasNews = true;
      this.wake();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    while (!this.isOver) {
      const isFirst = this.after === undefined;
      this.hasNews = false;
      const { events, scanned, isEnd } = await this.read();
      this.after = scanned;
      const wanted = events.flatMap(toTailed).filter((event) => this.wants(event));
      if (wanted.length > 0 || isFirst) return { done: false, value: wanted };
      // Who is far behind lets others have their turn.
      await (isEnd ? this.news() : nextTurn());
    }
    return { done: true, value: undefined };
  }

  return(): Promise<Result> {
    this.isOver = true;
    this.unsubscribe();
    this.wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  private async read(): Promise<LogPage> {
    if (this.after !== undefined) return this.store.readAll(this.after, PAGE_EVENTS);
    const page = await this.store.readEnd(RECENT_EVENTS_MAX);
    return { ...page, events: page.events.filter(({ recordedAt }) => recordedAt >= this.since) };
  }

  private wants({ mediaId }: TailedEvent): boolean {
    return this.mediaId === undefined || mediaId === undefined || mediaId === this.mediaId;
  }

  /** Resolves soon after something may have been appended, or at the end. */
  private async news(): Promise<void> {
    if (!this.hasNews && !this.isOver) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (!this.isOver) await pause(GATHER_MS);
  }
}

/** Returns what is shown of an event: nothing where it is of no session. */
function toTailed(stored: StoredEvent): readonly TailedEvent[] {
  const { position } = stored;
  try {
    const event = decodeEvent(stored);
    if (!isPlaybackEvent(event)) return [];
    const { mediaId, sessionId, viewerId } = event.data;
    const state = stateIn(event);
    const who = { position, mediaId, sessionId, ...(viewerId !== undefined && { viewerId }) };
    return [{ ...toLogEntry(event), ...who, ...(state !== undefined && { state }) }];
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    return [{ ...toUnreadableEntry(stored, error), position }];
  }
}
