/** Sends a player's events to Playhead. Plain browser JavaScript, used by playhead-reporter.js. */

/** Events in one request: far below the server's limit of 1,000 and the browser's 64 KiB. */
const BATCH_EVENTS_MAX = 50;
/** Events kept while the server is out of reach: over an hour of watching. Then the oldest go. */
const WAITING_EVENTS_MAX = 1_000;
const RETRY_DELAY_MS_MIN = 1_000;
const RETRY_DELAY_MS_MAX = 30_000;
/** Errors that the same request would only meet again: such a batch is dropped, not repeated. */
const HOPELESS = new Set([
  'BAD_USER_INPUT',
  'GRAPHQL_VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
]);

const MUTATION = `mutation ($inputs: [StreamingEventInput!]!) {
  recordStreamingEvents(inputs: $inputs) { accepted duplicates position }
}`;

/**
 * Events on their way: in order, one request at a time, repeated with the same ids until it is
 * answered. The ids make a repetition harmless: the server counts an event once.
 */
export class PlayheadOutbox {
  #endpoint;
  #headers = { 'content-type': 'application/json' };
  #waiting = [];
  /** Those of the waiting that a request is carrying right now. */
  #underWay = new Set();
  #sending = false;

  constructor(endpoint, key) {
    this.#endpoint = endpoint;
    if (key) this.#headers.authorization = `Bearer ${key}`;
  }

  add(event) {
    this.#waiting.push(event);
    if (this.#waiting.length > WAITING_EVENTS_MAX) this.#waiting.shift();
  }

  /** Sends all that waits and keeps at it. */
  async send() {
    if (this.#sending) return;
    this.#sending = true;
    let delayMs = RETRY_DELAY_MS_MIN;
    for (let left = this.#left(); left.length > 0; left = this.#left()) {
      if (await this.#deliver(left.slice(0, BATCH_EVENTS_MAX))) {
        delayMs = RETRY_DELAY_MS_MIN;
        continue;
      }
      const jittered = delayMs * (0.5 + Math.random()); // players that failed together, spread out
      await new Promise((resolve) => setTimeout(resolve, jittered));
      delayMs = Math.min(RETRY_DELAY_MS_MAX, delayMs * 2);
    }
    this.#sending = false;
  }

  /** For a page that goes away: waits neither for its turn nor for an answer. */
  sendNow() {
    const left = this.#left();
    for (let at = 0; at < left.length; at += BATCH_EVENTS_MAX) {
      void this.#deliver(left.slice(at, at + BATCH_EVENTS_MAX));
    }
  }

  #left() {
    return this.#waiting.filter((event) => !this.#underWay.has(event));
  }

  /** Whether this batch is done with. `sentAt` lets the server correct this device's clock. */
  async #deliver(batch) {
    const sentAt = new Date().toISOString();
    const inputs = batch.map((event) => ({ ...event, sentAt }));
    for (const event of batch) this.#underWay.add(event);
    try {
      const response = await fetch(this.#endpoint, {
        method: 'POST',
        headers: this.#headers,
        body: JSON.stringify({ query: MUTATION, variables: { inputs } }),
        keepalive: true, // the request outlives its page
      });
      const { errors } = await response.json();
      if (errors !== undefined) {
        if (!errors.some(({ extensions }) => HOPELESS.has(extensions?.code))) return false;
        console.warn('Playhead refused a report:', errors[0].message);
      }
    } catch {
      return false; // no network, or an answer from something between here and the server
    } finally {
      for (const event of batch) this.#underWay.delete(event);
    }
    this.#waiting = this.#waiting.filter((event) => !batch.includes(event));
    return true;
  }
}
