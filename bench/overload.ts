import { Agent, request } from 'node:http';
import type { BenchServer } from './durable-mutation.js';
import { quantileOf, type Comparison } from './measure.js';
import { atRate } from './steady-load.js';

const ROUND_MS = 4_000;
const EVENTS_PER_REQUEST = 100;
const EVENTS_PER_SESSION = 10;
/** Clients that wait for each answer: enough to keep the server busy, too few to overload it. */
const CLIENTS = 16;
const LOAD = 3;
const ACCEPTED = 202;

/** What came of some time's requests. */
interface Outcome {
  /** Events a second that were stored. */
  readonly goodput: number;
  /** Share of the requests that were refused. */
  readonly shed: number;
  /** Of what was accepted, in milliseconds. */
  readonly p99Ms: number;
}

/** The server at three times its capacity, and what it was like. */
export interface Overload {
  readonly comparison: Comparison;
  /** In sentences. */
  readonly summary: () => string;
}

/**
 * Goodput at three times the capacity against the peak. The capacity is what clients get that wait
 * for each answer; then requests are sent at three times that rate, whatever becomes of them.
 */
export async function overload({ url }: BenchServer): Promise<Overload> {
  const crowd = new Crowd(url);
  let peak = (await crowd.waitForAnswers()).goodput;
  const outcomes: Outcome[] = [];
  const subject = async (): Promise<number> => {
    const outcome = await crowd.sendAtRate((LOAD * peak) / EVENTS_PER_REQUEST);
    outcomes.push(outcome);
    return outcome.goodput;
  };
  const peer = async (): Promise<number> => {
    peak = (await crowd.waitForAnswers()).goodput;
    return peak;
  };
  const comparison = {
    title: `Stored at ${String(LOAD)} times the capacity`,
    unit: 'events/s',
    aim: 0.8,
    subject: { name: `offered ${String(LOAD)} times the peak`, run: subject },
    peer: { name: `the peak, ${String(CLIENTS)} clients that wait`, run: peer },
  };
  return { comparison, summary: () => summaryOf(outcomes) };
}

function summaryOf(outcomes: readonly Outcome[]): string {
  const worst = Math.max(...outcomes.map(({ p99Ms }) => p99Ms));
  const shed = outcomes.map((outcome) => (100 * outcome.shed).toFixed(0)).join(', ');
  return (
    `At ${String(LOAD)} times the capacity the slowest 1 % of what was accepted took up to ` +
    `${worst.toFixed(0)} ms.\nRefused at once, in % of the requests of each round: ${shed}.`
  );
}

/** Clients of `/events`. */
class Crowd {
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });
  private sent = 0;

  constructor(private readonly url: string) {}

  async waitForAnswers(): Promise<Outcome> {
    const tally = new Tally();
    const end = Date.now() + ROUND_MS;
    const client = async (): Promise<void> => {
      while (Date.now() < end) await this.send(tally);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return tally.outcome();
  }

  async sendAtRate(requestsPerSecond: number): Promise<Outcome> {
    const tally = new Tally();
    const end = Date.now() + ROUND_MS;
    await atRate(
      requestsPerSecond,
      () => Date.now() >= end,
      () => this.send(tally),
    );
    return tally.outcome();
  }

  private send(tally: Tally): Promise<void> {
    const body = this.nextBody();
    const sentAt = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    return new Promise((resolve, reject) => {
      const sending = request(`${this.url}/events`, { method: 'POST', agent: this.agent, headers });
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

  private nextBody(): string {
    const events = Array.from({ length: EVENTS_PER_REQUEST }, () => {
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

  outcome(): Outcome {
    const accepted = this.acceptedMs.length;
    const seconds = (performance.now() - this.start) / 1_000;
    return {
      goodput: (accepted * EVENTS_PER_REQUEST) / seconds,
      shed: 1 - accepted / Math.max(1, this.answers),
      p99Ms: quantileOf(this.acceptedMs, 0.99),
    };
  }
}
