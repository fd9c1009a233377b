import { Agent, request } from 'node:http';
import { quantileOf } from './measure.js';
import { atRate } from './steady-load.js';

const EVENTS_PER_SESSION = 10;
const ACCEPTED = 202;

/** The outcome of the requests of some time. */
export interface Outcome {
  /** Events a second that were stored. */
  readonly goodput: number;
  /** The share of the requests that were refused. */
  readonly shed: number;
  /** The latency of accepted requests, in milliseconds. */
  readonly p99Ms: number;
}

export interface CrowdOptions {
  /** The addresses of the servers, which are asked in turn. */
  readonly urls: readonly string[];
  readonly eventsPerRequest: number;
  /** Clients that wait for each answer. */
  readonly clients: number;
  /** The time for which events are sent, in milliseconds. */
  readonly durationMs: number;
  /** For a server that has keys. */
  readonly key?: string;
}

/** A crowd of clients of `/events`. */
export class Crowd {
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });
  private sent = 0;

  constructor(private readonly options: CrowdOptions) {}

  async waitForAnswers(): Promise<Outcome> {
    const { clients, durationMs } = this.options;
    const tally = new Tally();
    const end = Date.now() + durationMs;
    const client = async (_: unknown, number: number): Promise<void> => {
      while (Date.now() < end) await this.send(tally, number);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return this.outcomeOf(tally);
  }

  async sendAtRate(requestsPerSecond: number): Promise<Outcome> {
    const tally = new Tally();
    const end = Date.now() + this.options.durationMs;
    let number = 0;
    await atRate(
      requestsPerSecond,
      () => Date.now() >= end,
      () => this.send(tally, number++),
    );
    return this.outcomeOf(tally);
  }

  /** Sends by the client of a number: each client has its own server. */
  private send(tally: Tally, client: number): Promise<void> {
    const { urls, key } = this.options;
    const url = urls[client % urls.length] ?? '';
    const body = this.nextBody();
    const sentAt = performance.now();
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    };
    return new Promise((resolve, reject) => {
      const sending = request(`${url}/events`, { method: 'POST', agent: this.agent, headers });
      sending.on('error', reject);
      sending.on('response', (response) => {
        response.resume();
        response.on('end', () => {
          tally.add(response.statusCode === ACCEPTED, performance.now() - sentAt);
          resolve();
        });
      });
      sending.end(body);
    });
  }

  private outcomeOf(tally: Tally): Outcome {
    return tally.outcome(this.options.eventsPerRequest);
  }

  private nextBody(): string {
    const events = Array.from({ length: this.options.eventsPerRequest }, () => {
      const session = Math.floor(this.sent / EVENTS_PER_SESSION);
      this.sent += 1;
      return {
        mediaId: `media-${String(session % 50)}`,
        sessionId: `session-${String(session)}`,
        eventType: 'HEARTBEAT',
        duration: 10,
        bytesLoaded: 5_000_000,
      };
    });
    return JSON.stringify(events);
  }
}

class Tally {
  private readonly start = performance.now();
  private readonly acceptedMs: number[] = [];
  private answers = 0;

  add(isAccepted: boolean, elapsedMs: number): void {
    this.answers += 1;
    if (isAccepted) this.acceptedMs.push(elapsedMs);
  }

  outcome(eventsPerRequest: number): Outcome {
    const accepted = this.acceptedMs.length;
    const seconds = (performance.now() - this.start) / 1_000;
    return {
      goodput: (accepted * eventsPerRequest) / seconds,
      shed: 1 - accepted / Math.max(1, this.answers),
      p99Ms: quantileOf(this.acceptedMs, 0.99),
    };
  }
}
