import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { badInput } from '../domain/errors.js';
import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isPlaybackEvent } from '../domain/event.js';
import { stateIn } from '../domain/figures/playback-state.js';
import { inNfc } from '../domain/text.js';
import { HOUR_MS, MINUTE_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { EventStore, StoredEvent } from '../ports/event-store.js';
import type { EventTail, TailedEvent, TailPage, TailStart } from '../ports/event-tail.js';
import { toLogEntry, toUnreadableEntry } from './log-entry.js';
import { LogWindow, type WindowPage } from './log-window.js';

/** Follows the end of the log: all who do read it together. */
export class StoredEventTail implements EventTail {
  private readonly window: LogWindow;
  private readonly followers = new Set<Following>();
  private unsubscribe = (): void => undefined;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    this.window = new LogWindow(store, ({ events }) => events.flatMap(toTailed));
    store.past?.onOther(() => {
      this.window.clear();
      for (const follower of this.followers) follower.beginAnew();
    });
  }

  follow(start: TailStart = {}): AsyncIterableIterator<TailPage, undefined> {
    const { mediaId } = start;
    const first = () => this.firstPage(start);
    const anew = () => this.firstPage({});
    const now = () => this.clock.now();
    const following: Following = new Following(this.window, { mediaId, first, anew, now }, () => {
      this.leave(following);
    });
    if (this.followers.size === 0) this.listen();
    this.followers.add(following);
    return following;
  }

  private listen(): void {
    this.unsubscribe = this.store.onAppended(() => {
      this.window.note();
      for (const follower of this.followers) follower.wake();
    });
  }

  private leave(following: Following): void {
    if (!this.followers.delete(following) || this.followers.size > 0) return;
    this.unsubscribe();
    this.window.clear();
  }

  private async firstPage({ after }: TailStart): Promise<WindowPage> {
    const now = this.clock.now();
    if (after === undefined) {
      const page = await this.window.end(RECENT_EVENTS_MAX);
      const since = now - RECENT_MS;
      return { ...page, events: page.events.filter(({ recordedAt }) => recordedAt >= since) };
    }
    if (after > (await this.store.head())) {
      throw badInput('after', 'lies beyond the end of the log');
    }
    const page = await this.window.after(after);
    if (page.firstAt !== undefined && page.firstAt < now - RESUMED_MS) {
      throw badInput('after', 'lies more than an hour back');
    }
    return page;
  }
}

/** The milliseconds before now at which a tail begins; it holds a limited number of events. */
const RECENT_MS = 5 * MINUTE_MS;
const RECENT_EVENTS_MAX = 200;
/** How far back a tail goes on where another one ended: that is for a break, and no export. */
const RESUMED_MS = HOUR_MS;

type Result = IteratorResult<TailPage, undefined>;

interface Followed {
  readonly mediaId: string | undefined;
  readonly first: () => Promise<WindowPage>;
  /** Reads the first page after the log was put back. */
  readonly anew: () => Promise<WindowPage>;
  readonly now: () => number;
}

/**
 * The longest time in milliseconds in which a tail passes over others' events in silence. It has to
 * be far shorter than what a tail goes back: else a follower of a quiet title could not go on.
 */
const SILENT_MS = 5 * MINUTE_MS;
/** The time in milliseconds in which new events gather, so that many come together. */
const GATHER_MS = 250;

/** A follower of the log. The log itself keeps the events that the follower has not taken yet. */
class Following implements AsyncIterableIterator<TailPage, undefined> {
  /** The last page that was read; undefined before the first one. */
  private last: Pick<WindowPage, 'scanned' | 'isEnd'> | undefined;
  /** The number of the news that had come before the last read. */
  private news = -1;
  /** When the follower was last told something, in epoch milliseconds. */
  private toldAt = 0;
  /** How often it has begun anew. */
  private beginnings = 0;
  private isOver = false;
  wake = (): void => undefined;

  constructor(
    private readonly window: LogWindow,
    private readonly followed: Followed,
    private readonly leave: () => void,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    while (!this.isOver) {
      // Who is far behind lets others have their turn.
      if (this.last !== undefined) await (this.isAtEnd() ? this.waitForNews() : nextTurn());
      if (this.hasEnded()) break;
      const { beginnings } = this;
      const { events, scanned, isEnd } = await this.read();
      if (beginnings !== this.beginnings) continue;
      this.last = { scanned, isEnd };
      const wanted = events.filter((event) => this.wants(event));
      const now = this.followed.now();
      // The first page is due at once.
      if (wanted.length === 0 && now - this.toldAt < SILENT_MS) continue;
      this.toldAt = now;
      return { done: false, value: { events: wanted, scanned } };
    }
    return { done: true, value: undefined };
  }

  return(): Promise<Result> {
    this.isOver = true;
    this.leave();
    this.wake();
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * Begins with the last minutes again, as the log was put back. Its place may be beyond the end of
   * the log, or behind events that came in the place of others.
   */
  beginAnew(): void {
    this.beginnings += 1;
    this.last = undefined;
    this.toldAt = 0;
    this.wake();
  }

  private read(): Promise<WindowPage> {
    this.news = this.window.news;
    if (this.last !== undefined) return this.window.after(this.last.scanned);
    return this.beginnings === 0 ? this.followed.first() : this.followed.anew();
  }

  /** It may have been ended while it waited. */
  private hasEnded(): boolean {
    return this.isOver;
  }

  private isAtEnd(): boolean {
    return this.last?.isEnd === true;
  }

  private wants(event: TailedEvent): boolean {
    const { mediaId } = this.followed;
    return mediaId === undefined || event.mediaId === undefined || event.mediaId === mediaId;
  }

  /** Resolves soon after something may have been appended, or at the end. */
  private async waitForNews(): Promise<void> {
    if (this.news === this.window.news && !this.isOver) {
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
    const { sessionId, viewerId } = event.data;
    // Ids that version 0.1.0 stored are as they came.
    const mediaId = inNfc(event.data.mediaId);
    const state = stateIn(event);
    const who = { position, mediaId, sessionId, ...(viewerId !== undefined && { viewerId }) };
    return [{ ...toLogEntry(event), ...who, ...(state !== undefined && { state }) }];
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    return [{ ...toUnreadableEntry(stored, error), position }];
  }
}
