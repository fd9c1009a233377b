import { setTimeout as pause } from 'node:timers/promises';
import type { BenchServer } from './durable-mutation.js';
import { ask, QUESTIONS } from './history.js';
import { quantileOf, resultOf, type Result, type Round } from './measure.js';
import { ROUNDS } from './report.js';
import { atRate, record } from './steady-load.js';

/** The read model with the most documents. */
const NAME = 'streaming-analytics';
const STATUS = '{ projections { name rebuildProgress lastRebuild { outcome at } } }';
const LOOK_MS = 250;
/** Requests a second of a site with several thousand viewers at a time. */
const INGEST_RATE = 50;
const EVENTS_PER_REQUEST = 10;
const QUERY_RATE = 20;
/** The time without a rebuild, in milliseconds: about as long as a rebuild takes. */
const CALM_MS = 12_000;
const P99 = 0.99;

/** The 99th percentiles of the times that requests took, in milliseconds. */
interface Latencies {
  readonly ingestMs: number;
  readonly queryMs: number;
}

/** The results for ingest and for queries, and a sentence on the time that the rebuilds took. */
export interface RebuildUnderLoad {
  readonly results: readonly Result[];
  readonly summary: string;
}

/** Compares a steady load with a rebuild of the whole log beside it and without, in turn. */
export async function rebuildUnderLoad(server: BenchServer): Promise<RebuildUnderLoad> {
  const load = new SteadyLoad(server);
  const calm: Latencies[] = [];
  const busy: Latencies[] = [];
  const seconds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const end = Date.now() + CALM_MS;
    const without = await load.run(() => Date.now() >= end);
    const rebuild = startRebuild(server);
    const during = await load.run(() => rebuild.isOver());
    const took = await rebuild.seconds;
    if (round === 0) continue;
    calm.push(without);
    busy.push(during);
    seconds.push(took);
  }
  const resultFor = (what: string, of: (latencies: Latencies) => number): Result =>
    resultOf(
      {
        title: `${what} during a rebuild of a million events`,
        unit: 'requests/s at p99',
        aim: 1 / 1.5,
        subject: { name: 'while it runs' },
        peer: { name: 'without it' },
      },
      busy.map((one, i): Round => rates(of(one), of(calm[i] ?? one))),
    );
  const typical = (of: (latencies: Latencies) => number): string =>
    [busy, calm].map((all) => `${quantileOf(all.map(of), 0.5).toFixed(1)} ms`).join(' and ');
  const summary = [
    `At ${String(INGEST_RATE * EVENTS_PER_REQUEST)} events and ${String(QUERY_RATE)} queries a ` +
      'second the slowest 1 % took, with and without a rebuild:',
    `events ${typical(({ ingestMs }) => ingestMs)}, queries ${typical(({ queryMs }) => queryMs)}.`,
    `A rebuild took ${quantileOf(seconds, 0.5).toFixed(1)} s.`,
  ].join('\n');
  const ingest = resultFor('Ingest', ({ ingestMs }) => ingestMs);
  return { results: [ingest, resultFor('Queries', ({ queryMs }) => queryMs)], summary };
}

const rates = (subjectMs: number, peerMs: number): Round => ({
  subject: 1_000 / subjectMs,
  peer: 1_000 / peerMs,
});

/** Players that report and people who ask, at a steady pace whatever becomes of it. */
class SteadyLoad {
  private sent = 0;
  private asked = 0;

  constructor(private readonly server: BenchServer) {}

  async run(isOver: () => boolean): Promise<Latencies> {
    const ingestMs: number[] = [];
    const queryMs: number[] = [];
    await Promise.all([
      atRate(INGEST_RATE, isOver, () => timed(ingestMs, () => this.record())),
      atRate(QUERY_RATE, isOver, () => timed(queryMs, () => this.query())),
    ]);
    return { ingestMs: quantileOf(ingestMs, P99), queryMs: quantileOf(queryMs, P99) };
  }

  private async record(): Promise<void> {
    const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, i) => ({
      mediaId: `media-${String((this.sent + i) % 50)}`,
      sessionId: `steady-${String(Math.floor(this.sent / 1_000))}-${String(i)}`,
      eventType: 'HEARTBEAT',
      duration: 10,
      bytesLoaded: 5_000_000,
    }));
    this.sent += EVENTS_PER_REQUEST;
    await record(this.server, events);
  }

  private async query(): Promise<void> {
    const questions = Object.values(QUESTIONS);
    const question = questions[this.asked % questions.length] ?? '';
    this.asked += 1;
    await ask(this.server, question);
  }
}

async function timed(elapsedMs: number[], work: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await work();
  elapsedMs.push(performance.now() - from);
}

/** Starts a rebuild and follows it to its end; the promise fails if the rebuild does. */
function startRebuild(server: BenchServer): {
  readonly isOver: () => boolean;
  readonly seconds: Promise<number>;
} {
  let isOver = false;
  const watch = async (): Promise<number> => {
    const from = performance.now();
    await ask(server, `mutation { rebuildProjection(name: "${NAME}") { name } }`);
    for (;;) {
      await pause(LOOK_MS);
      const { projections } = (await ask(server, STATUS)) as { projections: readonly Status[] };
      const status = projections.find(({ name }) => name === NAME);
      if (status?.rebuildProgress !== null) continue;
      if (status.lastRebuild?.outcome !== 'SWITCHED') throw new Error('the rebuild failed');
      return (performance.now() - from) / 1_000;
    }
  };
  const seconds = watch().finally(() => {
    isOver = true;
  });
  return { isOver: () => isOver, seconds };
}

interface Status {
  readonly name: string;
  readonly rebuildProgress: number | null;
  readonly lastRebuild: { readonly outcome: string } | null;
}
