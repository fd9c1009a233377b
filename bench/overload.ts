import { Crowd, type Outcome } from './crowd.js';
import type { BenchServer } from './durable-mutation.js';
import type { Comparison } from './measure.js';

const ROUND_MS = 4_000;
const EVENTS_PER_REQUEST = 100;
/** Clients that wait for each answer: enough to keep the server busy, too few to overload it. */
const CLIENTS = 16;
const LOAD = 3;

/** The server at three times its capacity. */
export interface Overload {
  readonly comparison: Comparison;
  /** The findings, in sentences. */
  readonly summary: () => string;
}

/**
 * Compares the goodput at three times the capacity with the peak. The capacity is that of clients
 * which wait for each answer; then three times as much is sent, whatever becomes of it.
 */
export async function overload({ url }: BenchServer): Promise<Overload> {
  const crowd = new Crowd({
    urls: [url],
    eventsPerRequest: EVENTS_PER_REQUEST,
    clients: CLIENTS,
    durationMs: ROUND_MS,
  });
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
