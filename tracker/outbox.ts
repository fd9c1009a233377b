import { say, type TrackedEvent } from './event.js';
import { merged } from './merged.js';
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
const RETRY_AFTER_SECONDS_MAX = 3_600;
const ANSWER_MS_MAX = 60_000;
/** How long a single event that is too large is tried. */
const TOO_LARGE_MS_MAX = 60_000;
/** A view needs its start, and a completion its end: such events are given up last. */
const PRECIOUS = /^(SESSION|PLAYBACK_ERROR)/;

interface Answer {
  readonly errors?: readonly { readonly index: number; readonly message: string }[];
}
type Events = readonly TrackedEvent[];

/** Events on their way, in order, the same ids at every try: each is counted once. */
export class Outbox {
  readonly #url: string;
  readonly #store: Store | undefined;
  #waiting: Events = [];
  /** What a request is carrying right now. */
  #underWay: Events = [];
  /** What a beacon took along: nobody says whether it arrived. */
  #beaconed: Events = [];
  #isSending = false;
  #batchMax = BATCH_MAX;
  #tooLargeSince = 0;

  constructor(url: string, store?: Store) {
    this.#url = url;
    this.#store = store;
    void store?.load().then((events) => {
      this.#waiting = [...events, ...this.#waiting];
      if (events.length > 0) void this.send();
    });
  }

  add(event: TrackedEvent): void {
    const last = this.#left().at(-1);
    const isRoomy = this.#waiting.length < ROOMY_MAX;
    const one = isRoomy || last === undefined ? undefined : merged(last, event);
    if (one !== undefined && last !== undefined) this.#drop([last]);
    this.#waiting = [...this.#waiting, one ?? event];
    this.#store?.add(one ?? event);
    if (this.#waiting.length > WAITING_MAX) this.#giveUp();
  }

  /** Sends what waits, again and again until the server has it. */
  async send(): Promise<void> {
    // The page lives on, and can read answers.
    this.#beaconed = [];
    if (this.#isSending) return;
    this.#isSending = true;
    let delayMs = DELAY_MS_MIN;
    for (let batch = this.#left(); batch.length > 0; batch = this.#left()) {
      const waitMs = await this.#deliver(batch.slice(0, this.#batchMax));
      if (waitMs === undefined) {
        delayMs = DELAY_MS_MIN;
        continue;
      }
      const pauseMs = Math.max(delayMs, waitMs) * (1 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      delayMs = Math.min(DELAY_MS_MAX, delayMs * 2);
    }
    this.#batchMax = BATCH_MAX;
    this.#tooLargeSince = 0;
    this.#isSending = false;
  }

  /** Sends what waits from a page that may go away: it waits for no turn and no answer. */
  sendNow(): void {
    const all = this.#left();
    for (let at = 0; at < all.length; at += this.#batchMax) {
      const batch = all.slice(at, at + this.#batchMax);
      if (!('sendBeacon' in navigator) || !navigator.sendBeacon(this.#url, bodyOf(batch))) {
        void this.send();
        return;
      }
      this.#beaconed = [...this.#beaconed, ...batch];
    }
  }

  #left(): Events {
    return this.#waiting.filter(
      (event) => !this.#underWay.includes(event) && !this.#beaconed.includes(event),
    );
  }

  #drop(events: Events): void {
    this.#waiting = this.#waiting.filter((event) => !events.includes(event));
    this.#store?.remove(events);
  }

  #giveUp(): void {
    const least = this.#waiting.find(({ eventType }) => !PRECIOUS.test(eventType));
    this.#drop(least === undefined ? this.#waiting.slice(0, 1) : [least]);
    say('too many events wait, and one is lost');
  }

  /** Sends a batch; undefined if anything was taken, else the milliseconds to wait for. */
  async #deliver(batch: Events): Promise<number | undefined> {
    this.#underWay = batch;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort();
    }, ANSWER_MS_MAX);
    try {
      // As text a page of another origin need not ask first; the key is in the address.
      const request = { method: 'POST', body: bodyOf(batch), keepalive: true };
      return await this.#settle(
        await fetch(this.#url, { ...request, signal: abort.signal }),
        batch,
      );
    } catch {
      say('the server is out of reach or blocked (connect-src, an extension)');
      return 0;
    } finally {
      clearTimeout(timer);
      this.#underWay = [];
    }
  }

  async #settle(response: Response, batch: Events): Promise<number | undefined> {
    const { status, headers } = response;
    const { errors = [] } = status < 401 ? ((await response.json()) as Answer) : {};
    for (const { index, message } of errors) {
      say(`a ${batch[index]?.eventType ?? 'event'} was refused: ${message}`);
    }
    const isTaken = status < 300;
    const done = isTaken ? batch : batch.filter((_, i) => errors.some(({ index }) => index === i));
    this.#drop(done);
    if (done.length > 0) return undefined;
    if (status === 413 && batch.length > 1) {
      this.#batchMax = batch.length >> 1;
      return undefined;
    }
    this.#note(status, batch);
    const seconds = Number(headers.get('retry-after')) || 0;
    return Math.min(RETRY_AFTER_SECONDS_MAX, seconds) * 1_000;
  }

  #note(status: number, batch: Events): void {
    if (status === 413) {
      this.#tooLargeSince ||= Date.now();
      if (Date.now() - this.#tooLargeSince < TOO_LARGE_MS_MAX) return;
      say('an event was too large, and is lost');
      this.#drop(batch);
    } else if (status !== 429 && status !== 503) {
      const hint = status === 401 || status === 403 ? ': is data-key an INGEST_KEY?' : '';
      say(`events wait, as the server answers ${String(status)}${hint}`);
    }
  }
}

/** The server corrects this device's clock by `sentAt`, so that each try has a new one. */
function bodyOf(batch: Events): string {
  const sentAt = new Date().toISOString();
  return JSON.stringify(batch.map((event) => ({ ...event, sentAt })));
}
