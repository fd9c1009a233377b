import type { TrackedEvent } from './event.js';
import { say } from './say.js';
import type { Store } from './store.js';

/** Events in one request: some 20 kB of the 64 KiB that may outlive a page. */
const BATCH_MAX = 50;
/** With so many that wait, heartbeats that follow each other become one. */
const ROOMY_MAX = 100;
/** Events kept while the server is out of reach: what is beyond is given up. */
const WAITING_MAX = 1_000;
const DELAY_MS_MIN = 1_000;
const DELAY_MS_MAX = 30_000;
/** The longest wait that a server is granted. */
const RETRY_AFTER_MS_MAX = 3_600_000;
const ANSWER_MS_MAX = 60_000;
/** How long a single event that is too large is tried. */
const TOO_LARGE_MS_MAX = 60_000;
/** A view needs its start, and a completion its end: such events are given up last. */
const PRECIOUS = /^SESSION|ERROR/;

interface Answer {
  readonly errors?: readonly { readonly index: number; readonly message: string }[];
}
type Events = readonly TrackedEvent[];
/** Makes one of two events of a session, if it can; see `merged.ts`. */
export type Merge = (first: TrackedEvent, second: TrackedEvent) => TrackedEvent | undefined;

/** Events on their way, in order, the same ids at every try: each is counted once. */
export class Outbox {
  readonly #url: string;
  readonly #store: Store | undefined;
  readonly #merge: Merge | undefined;
  #viewer: string | undefined;
  #waiting: TrackedEvent[] = [];
  /** What somebody else may have by now: the server, or another page by the store. */
  readonly #given = new WeakSet<TrackedEvent>();
  /** What a request is carrying right now. */
  #underWay: Events = [];
  /** What a beacon took along: nobody says whether it arrived. */
  #beaconed: TrackedEvent[] = [];
  #isSending = false;
  #batchMax = BATCH_MAX;
  #tooLargeSince = 0;

  constructor(url: string, store?: Store, merge?: Merge) {
    this.#url = url;
    this.#merge = merge;
    this.#store = store;
    void store?.viewer().then((id) => (this.#viewer = id));
    void store?.load().then((events) => {
      for (const event of events) this.#given.add(event);
      this.#waiting = [...events, ...this.#waiting];
      if (events.length > 0) void this.send();
    });
  }

  add(event: TrackedEvent): void {
    const last = this.#waiting.filter(({ sessionId }) => sessionId === event.sessionId).at(-1);
    const one = last && !this.#given.has(last) && this.#merge?.(last, event);
    if (one) {
      this.#waiting = this.#waiting.map((waiting) => (waiting === last ? one : waiting));
      return;
    }
    if (last) this.#give([last]);
    this.#waiting.push(event);
    // With many that wait, a heartbeat is kept back, and grows by those behind it.
    const { length } = this.#waiting;
    if (length <= ROOMY_MAX || event.eventType !== 'HEARTBEAT') this.#give([event]);
    if (length <= WAITING_MAX) return;
    const [oldest = event] = this.#waiting;
    this.#drop([this.#waiting.find(rankOf) ?? oldest]);
    say('lost');
  }

  /** Sends what waits, again and again until the server has it. */
  async send(): Promise<void> {
    // The page lives on, and can read answers.
    this.#beaconed = [];
    if (this.#isSending) return;
    this.#isSending = true;
    let delayMs = 0;
    for (let batch = this.#left(); batch.length > 0; batch = this.#left()) {
      const waitMs = await this.#deliver(batch.slice(0, this.#batchMax));
      delayMs = waitMs === undefined ? 0 : Math.min(DELAY_MS_MAX, delayMs * 2 || DELAY_MS_MIN);
      const pauseMs = Math.max(delayMs, waitMs ?? 0) * (1 + Math.random() / 2);
      if (pauseMs) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#batchMax = BATCH_MAX;
    this.#tooLargeSince = 0;
    this.#isSending = false;
  }

  /** Sends what waits from a page that may go away: it waits for no turn and no answer. */
  sendNow(): void {
    const all = this.#left();
    // Browsers let so much and no more outlive a page: the rest is what matters least.
    if (all.length > this.#batchMax) all.sort((one, other) => rankOf(one) - rankOf(other));
    while (all.length > 0) {
      const batch = all.splice(0, this.#batchMax);
      const nav = navigator as Partial<Navigator>;
      if (!nav.sendBeacon?.(this.#url, this.#bodyOf(batch))) {
        // Whatever becomes of it, a page that lives on sends all of it again.
        void this.#post(batch).catch(() => undefined);
      }
      this.#beaconed.push(...batch);
    }
  }

  #left(): TrackedEvent[] {
    return this.#waiting.filter(
      (event) => !this.#underWay.includes(event) && !this.#beaconed.includes(event),
    );
  }

  /** From here on an event stays as it is. */
  #give(events: Events): void {
    for (const event of events) {
      if (!this.#given.has(event)) this.#store?.add(event);
      this.#given.add(event);
    }
  }

  #drop(events: Events): void {
    this.#waiting = this.#waiting.filter((event) => !events.includes(event));
    this.#store?.remove(events);
  }

  /** Sends a batch; undefined if anything was taken, else the milliseconds to wait for. */
  async #deliver(batch: Events): Promise<number | undefined> {
    this.#underWay = batch;
    try {
      return await this.#settle(await this.#post(batch), batch);
    } catch {
      say('blocked');
      return 0;
    } finally {
      this.#underWay = [];
    }
  }

  #post(batch: Events): Promise<Response> {
    return fetch(this.#url, {
      method: 'POST',
      // As text a page of another origin need not ask first; the key is in the address.
      body: this.#bodyOf(batch),
      keepalive: true,
      // Browsers of before 2022 wait for answers as long as they like.
      signal: (AbortSignal as Partial<typeof AbortSignal>).timeout?.(ANSWER_MS_MAX),
    } as RequestInit);
  }

  async #settle(response: Response, batch: Events): Promise<number | undefined> {
    const { status, headers } = response;
    const { errors = [] } = status < 401 ? ((await response.json()) as Answer) : {};
    for (const { message } of errors) say('refused', message);
    const isNamed = (at: number): boolean => errors.some(({ index }) => index === at);
    const done = batch.filter((_, at) => status < 300 || isNamed(at));
    this.#drop(done);
    if (done.length > 0) return undefined;
    if (status === 413 && batch.length > 1) {
      this.#batchMax = batch.length >> 1;
      return undefined;
    }
    this.#note(status, batch);
    const after = headers.get('retry-after') ?? '';
    const afterMs = Number(after) * 1_000 || Date.parse(after) - Date.now() || 0;
    return Math.min(RETRY_AFTER_MS_MAX, afterMs);
  }

  #note(status: number, batch: Events): void {
    if (status === 413) {
      this.#tooLargeSince ||= Date.now();
      if (Date.now() - this.#tooLargeSince < TOO_LARGE_MS_MAX) return;
      say('large');
      this.#drop(batch);
    } else if (status !== 429 && status !== 503) {
      say(status === 401 || status === 403 ? 'key' : 'waits', status);
    }
  }

  /**
   * The server corrects this device's clock by `sentAt`, so that each try has a new one, and no
   * event is later, as where the clock was set back. The store may come to know the viewer late.
   */
  #bodyOf(batch: Events): string {
    this.#give(batch);
    const sentAt = new Date().toISOString();
    return JSON.stringify(
      batch.map((event) => ({
        ...event,
        userId: event.userId ?? this.#viewer,
        occurredAt: event.occurredAt < sentAt ? event.occurredAt : sentAt,
        sentAt,
      })),
    );
  }
}

const rankOf = ({ eventType }: TrackedEvent): number => (PRECIOUS.test(eventType) ? 0 : 1);
