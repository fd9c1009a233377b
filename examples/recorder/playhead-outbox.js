/** Sends a player's events to Playhead. Plain browser JavaScript, used by playhead-reporter.js. */

/** Events in one request: some 20 KB of the 64 KiB that may outlive a page. */
const BATCH_EVENTS_MAX = 50;
/** Events kept while the server is out of reach: over an hour of watching. */
const WAITING_EVENTS_MAX = 1_000;
/** A view needs its start, and a completion its end: such events are given up last. */
const PRECIOUS = new Set(['SESSION_START', 'SESSION_END']);
const RETRY_DELAY_MS_MIN = 1_000;
const RETRY_DELAY_MS_MAX = 30_000;
/** The longest wait that a server is granted: a timer cannot wait for longer than weeks. */
const RETRY_AFTER_SECONDS_MAX = 3_600;

const ACCEPTED = 202;
const BAD_REQUEST = 400;
const RATE_LIMITED = 429;

/**
 * Events on their way: in order, one request at a time, repeated with the same ids until the server
 * says that it has them. The ids make a repetition harmless: an event is counted once.
 */
export class PlayheadOutbox {
  #url;
  #beaconUrl;
  #headers = { 'content-type': 'application/json' };
  #waiting = [];
  /** Waiting events that a request is carrying right now. */
  #underWay = new Set();
  /** Events that a beacon took along. Nobody says whether they arrived. */
  #beaconed = new Set();
  #sending = false;

  /** `server`: its address, such as `https://stats.example.org`; empty for the page's own. */
  constructor(server, key) {
    this.#url = `${server.replace(/\/(events|graphql)?$/, '')}/events`;
    // Nobody reads the answer to a beacon: a bad event in it must not cost the good ones.
    this.#beaconUrl = `${this.#url}?partial=1`;
    if (!key) return;
    this.#headers.authorization = `Bearer ${key}`;
    this.#beaconUrl += `&key=${encodeURIComponent(key)}`; // a beacon has no headers
  }

  add(event) {
    this.#waiting.push(event);
    if (this.#waiting.length <= WAITING_EVENTS_MAX) return;
    const least = this.#waiting.findIndex(({ eventType }) => !PRECIOUS.has(eventType));
    this.#waiting.splice(Math.max(0, least), 1);
  }

  /** Sends all waiting events, again and again until the server has them. */
  async send() {
    this.#beaconed.clear(); // the page lives on, and can read the answers
    if (this.#sending) return;
    this.#sending = true;
    let delayMs = RETRY_DELAY_MS_MIN;
    for (let left = this.#left(); left.length > 0; left = this.#left()) {
      const retryAfterMs = await this.#deliver(left.slice(0, BATCH_EVENTS_MAX));
      if (retryAfterMs === undefined) {
        delayMs = RETRY_DELAY_MS_MIN;
        continue;
      }
      // Players that failed together spread out; none comes sooner than the server asked for.
      const pauseMs = Math.max(delayMs, retryAfterMs) * (1 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      delayMs = Math.min(RETRY_DELAY_MS_MAX, delayMs * 2);
    }
    this.#sending = false;
  }

  /** Sends by beacon from a page that may go away: it waits for no turn and no answer. */
  sendNow() {
    const left = this.#left();
    for (let at = 0; at < left.length; at += BATCH_EVENTS_MAX) {
      const batch = left.slice(at, at + BATCH_EVENTS_MAX);
      // Sent as text: before JSON to another origin, a browser would ask the server first.
      if (!navigator.sendBeacon(this.#beaconUrl, bodyOf(batch))) return;
      for (const event of batch) this.#beaconed.add(event);
    }
  }

  #left() {
    return this.#waiting.filter(
      (event) => !this.#underWay.has(event) && !this.#beaconed.has(event),
    );
  }

  /** Sends a batch; undefined if the server took any, else the milliseconds to wait for. */
  async #deliver(batch) {
    for (const event of batch) this.#underWay.add(event);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: this.#headers,
        body: bodyOf(batch),
        keepalive: true, // the request outlives its page
      });
      const done = response.status === ACCEPTED ? batch : await refused(response, batch);
      this.#waiting = this.#waiting.filter((event) => !done.includes(event));
      return done.length > 0 ? undefined : retryAfterMsOf(response);
    } catch {
      return 0; // no network, or an answer from something between here and the server
    } finally {
      for (const event of batch) this.#underWay.delete(event);
    }
  }
}

/** The server corrects this device's clock by `sentAt`, so that each attempt needs a fresh one. */
function bodyOf(batch) {
  const sentAt = new Date().toISOString();
  return JSON.stringify(batch.map((event) => ({ ...event, sentAt })));
}

/** Returns the events that an answer names as bad: sent again, they would be refused again. */
async function refused(response, batch) {
  const { status } = response;
  const { errors = [], extensions, message } = status === BAD_REQUEST ? await response.json() : {};
  if (extensions?.failed !== undefined) {
    console.warn(`Playhead will never take ${extensions.failed.length} events: ${message}`);
    return batch; // the others are stored
  }
  const named = errors.filter(({ index }) => batch[index] !== undefined);
  for (const { index, message: fault } of named) {
    console.warn(`Playhead refused a ${batch[index].eventType}, which is dropped: ${fault}`);
  }
  if (named.length === 0 && status >= BAD_REQUEST && status < 500 && status !== RATE_LIMITED) {
    console.warn(`Playhead does not take reports (${status}); they wait and are sent again`);
  }
  return named.map(({ index }) => batch[index]);
}

function retryAfterMsOf({ headers }) {
  const seconds = Number(headers.get('retry-after')) || 0;
  return Math.min(RETRY_AFTER_SECONDS_MAX, seconds) * 1_000;
}
