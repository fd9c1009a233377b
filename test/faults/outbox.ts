import { setTimeout as pause } from 'node:timers/promises';
import type { EventInput } from '../support/api-client.js';
import { sendGraphql } from '../support/graphql.js';
import type { SeededRandom } from '../support/random.js';

const ONE = `mutation($input: StreamingEventInput!) {
  recordStreamingEvent(input: $input) { position duplicate } }`;
const MANY = `mutation($inputs: [StreamingEventInput!]!) {
  recordStreamingEvents(inputs: $inputs) { accepted duplicates position } }`;

type Request = readonly EventInput[];

/** What a server may answer while a store or another node fails: the request is sent again. */
const SEND_AGAIN: readonly unknown[] = ['STORE_UNAVAILABLE', 'CONFLICT', 'OVERLOADED'];
/** A player's patience with one request, and its pause before it sends that again. */
const ANSWER_MS_MAX = 30_000;
const SEND_AGAIN_MS = 250;

/** Plays players that send every request until it is acknowledged, over any number of crashes. */
export class Outbox {
  private readonly waiting: Request[];
  private readonly acknowledged: Request[] = [];
  /** Called after every acknowledgement. */
  onAcknowledged: () => void = () => undefined;
  /** What each client waits after an acknowledgement. */
  pauseMs = 0;

  constructor(
    requests: readonly Request[],
    private readonly random: SeededRandom,
  ) {
    this.waiting = [...requests];
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  get acknowledgedCount(): number {
    return this.acknowledged.length;
  }

  /** Sends with several clients at once until all is acknowledged or the server is gone. */
  async sendAll(url: string, clients: number): Promise<void> {
    await Promise.all(Array.from({ length: clients }, () => this.runClient(url)));
  }

  /** Sends with several clients at once until all is acknowledged, by whichever server is there. */
  async deliver(urls: () => readonly string[], clients: number): Promise<void> {
    const runClient = async (): Promise<void> => {
      for (;;) {
        const url = urls()[this.random.whole(0, urls().length - 1)];
        if (url !== undefined) await this.runClient(url);
        if (this.isEmpty) return;
        await pause(SEND_AGAIN_MS);
      }
    };
    await Promise.all(Array.from({ length: clients }, runClient));
  }

  /** Sends until all is acknowledged, or one request is not. */
  private async runClient(url: string): Promise<void> {
    for (;;) {
      const request = this.next();
      if (request === undefined) return;
      const isAcknowledged = await send(url, request);
      if (!isAcknowledged) {
        // Sent again with the same ids, in another order than before.
        this.waiting.splice(this.random.whole(0, Math.min(20, this.waiting.length)), 0, request);
        return;
      }
      this.acknowledged.push(request);
      this.onAcknowledged();
      if (this.pauseMs > 0) await pause(this.pauseMs);
    }
  }

  /** Now and then something acknowledged long ago: its acknowledgement may have got lost. */
  private next(): Request | undefined {
    if (this.waiting.length === 0) return undefined;
    const [first] = this.acknowledged;
    if (first !== undefined && this.random.chance(0.03)) {
      const index = this.random.whole(0, this.acknowledged.length - 1);
      return this.acknowledged.splice(index, 1)[0];
    }
    return this.waiting.shift();
  }
}

/** Whether a request was acknowledged; an answer that refuses it is a fault of the server. */
async function send(url: string, request: Request): Promise<boolean> {
  const [input, ...more] = request;
  const body =
    more.length === 0
      ? { query: ONE, variables: { input } }
      : { query: MANY, variables: { inputs: request } };
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const answer = await sendGraphql(url, body, {}, signal).catch(() => undefined);
  if (answer === undefined) return false;
  if (answer.errors.some(({ extensions }) => !SEND_AGAIN.includes(extensions?.code))) {
    throw new Error(`refused: ${answer.text.slice(0, 500)}`);
  }
  // A server that ends answers with neither data nor errors.
  return answer.errors.length === 0 && answer.data !== undefined && answer.data !== null;
}
