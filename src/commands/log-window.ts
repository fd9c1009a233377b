import type { EventStore, LogPage } from '../ports/event-store.js';
import type { TailedEvent } from '../ports/event-tail.js';

/** A stretch of the log, as it is shown. */
export interface WindowPage {
  /** It holds what is behind that position, up to `scanned`. */
  readonly after: number;
  readonly scanned: number;
  readonly events: readonly TailedEvent[];
  /** Whether the log ended there, as far as this node has heard. */
  readonly isEnd: boolean;
  /** When the first event that was read was stored, shown or not; undefined if there was none. */
  readonly firstAt: number | undefined;
}

/** A page that is kept, before which so much news had come. */
interface KeptPage extends WindowPage {
  readonly news: number;
}

/** A look at one place of the log, before which so much news had come. */
interface Look {
  readonly news: number;
  readonly page: Promise<WindowPage>;
}

/** Events of a page, and of the pages that are kept: about 1 MB. */
const PAGE_EVENTS = 500;
const WINDOW_EVENTS_MAX = 2_000;

/**
 * The latest pages of the log, read once for all who follow it. Who is further behind than they
 * reach reads for itself, and nothing is kept of that.
 */
export class LogWindow {
  private pages: KeptPage[] = [];
  private readonly looks = new Map<number | 'end', Look>();
  private newsCount = 0;
  /** How often everything was forgotten: what was read before is not kept. */
  private clearings = 0;

  constructor(
    private readonly store: EventStore,
    private readonly show: (page: LogPage) => readonly TailedEvent[],
  ) {}

  /** Counts how often something may have been appended. */
  get news(): number {
    return this.newsCount;
  }

  note(): void {
    this.newsCount += 1;
  }

  /** Forgets everything: nobody follows, or the log was put back. */
  clear(): void {
    this.note();
    this.clearings += 1;
    this.pages = [];
    this.looks.clear();
  }

  /** Returns the last events of the log, at most so many of them. */
  end(limit: number): Promise<WindowPage> {
    return this.look('end', async () => {
      const page = await this.noted(() => this.store.readEnd(limit));
      const [first] = page.events;
      return this.pageOf(first === undefined ? page.scanned : first.position - 1, page);
    });
  }

  /** Returns the next events behind a position. */
  after(position: number): Promise<WindowPage> {
    const kept = this.pages.find(({ after, scanned }) => after <= position && position < scanned);
    if (kept === undefined) {
      return this.look(position, async () =>
        this.pageOf(position, await this.noted(() => this.store.readAll(position, PAGE_EVENTS))),
      );
    }
    const events = kept.events.filter((event) => event.position > position);
    const isLatest = kept === this.pages.at(-1) && kept.news === this.newsCount;
    return Promise.resolve({
      ...{ after: position, scanned: kept.scanned, events },
      ...{ isEnd: kept.isEnd && isLatest, firstAt: events[0]?.recordedAt },
    });
  }

  /** Reads a page. What is shown of the log has to be there, until another past comes to light. */
  private async noted(read: () => Promise<LogPage>): Promise<LogPage> {
    const { past } = this.store;
    const known = past?.known();
    const page = await read();
    const last = page.events.findLast(({ damage }) => damage === undefined);
    if (known !== undefined && last !== undefined) past?.saw(last, known);
    return page;
  }

  private pageOf(after: number, page: LogPage): WindowPage {
    const { scanned, isEnd } = page;
    const firstAt = page.events[0]?.recordedAt;
    return { after, scanned, isEnd, firstAt, events: this.show(page) };
  }

  /** Looks at a place once for all who want it, as long as nothing new was heard of. */
  private look(place: number | 'end', read: () => Promise<WindowPage>): Promise<WindowPage> {
    const known = this.looks.get(place);
    if (known?.news === this.newsCount) return known.page;
    const page = read();
    const { clearings } = this;
    const look = { news: this.newsCount, page };
    this.looks.set(place, look);
    page.then(
      (found) => {
        if (clearings !== this.clearings) return;
        this.keep({ ...found, news: look.news });
        // Where there was nothing, or the end, nobody has to look again before there is news.
        const isKnown = place !== 'end' && found.scanned > place;
        if (isKnown) this.forget(place, look);
      },
      () => {
        this.forget(place, look);
      },
    );
    this.forgetOld();
    return page;
  }

  private forget(place: number | 'end', look: Look): void {
    if (this.looks.get(place) === look) this.looks.delete(place);
  }

  private forgetOld(): void {
    for (const [place, { news }] of this.looks) if (news < this.newsCount) this.looks.delete(place);
  }

  /** Keeps a page for others. Without an event to show it is not worth its place. */
  private keep(page: KeptPage): void {
    const last = this.pages.at(-1);
    if (page.events.length === 0) return;
    if (last !== undefined && page.scanned <= last.scanned) return;
    this.pages.push(page);
    let events = this.pages.reduce((sum, one) => sum + one.events.length, 0);
    while (events > WINDOW_EVENTS_MAX) events -= this.pages.shift()?.events.length ?? 0;
  }
}
