import fc from 'fast-check';
import {
  answerOf,
  ask,
  askBreakdown,
  askFigures,
  askRetention,
  askSeries,
  type Asked,
} from '../support/asked-figures.js';
import { DAY_MS } from '../../src/domain/time.js';
import type { Figures } from '../../src/queries/figures/figures.query.js';
import { eventsAt, readModelsAt, startNode, untilReady } from '../support/distributed.js';
import {
  expectNearAll,
  expectSame,
  figuresIn,
  rounded,
} from '../support/figures-oracle/compare.js';
import { figuresOf } from '../support/figures-oracle/figures.js';
import { onGrid, questions, values, type Question } from '../support/figures-oracle/questions.js';
import { randomLogs } from '../support/figures-oracle/random-reports.js';
import {
  isTimeout,
  sessionNameOf,
  type LogEntry,
  type SentReport,
} from '../support/figures-oracle/reports.js';
import { retentionOf } from '../support/figures-oracle/retention.js';
import { sessionsOf, type Session } from '../support/figures-oracle/sessions.js';
import { breakdownOf, timeSeriesOf, type Metric } from '../support/figures-oracle/slices.js';
import { sendEvents } from '../support/http.js';
import { describeWithOutsideStores } from '../support/outside-stores.js';
import { NOON } from '../support/playback.js';
import { until } from '../support/polling.js';
import { SeededRandom, seedOfRun } from '../support/random.js';
import type { TestServer } from '../support/server.js';

/** As the servers have them by default. */
const SETTINGS = { egressPricePerGib: 0.085, qualifiedViewSeconds: 30 };
const METRICS: readonly Metric[] = ['VIEWS', 'WATCH_TIME', 'UNIQUE_VIEWERS', 'STARTUP_P75'];
const BATCH_MAX = 4;
const LOGS = Number(process.env.PLAYHEAD_ORACLE_RUNS ?? 2);
const QUESTIONS = 2;
const TIMEOUT_MS = 120_000 + LOGS * 60_000;

interface Rebuild {
  readonly name: string;
  readonly rebuildProgress: number | null;
  readonly lastRebuild: { readonly outcome: string } | null;
}
interface Table {
  readonly total: Figures;
  readonly edges: readonly {
    readonly node: { readonly value: string; readonly share: number; readonly figures: Figures };
  }[];
}
interface Series {
  readonly series: readonly { readonly metric: Metric; readonly values: (number | null)[] }[];
}

/** Two nodes that share all they have, and what was sent to them so far. */
class Nodes {
  readonly sent: LogEntry[] = [];
  private readonly positions = new Map<number, string>();
  private rebuilds = 0;

  private constructor(
    private readonly start: () => Promise<TestServer>,
    private readonly nodes: TestServer[],
  ) {}

  static async of(start: () => Promise<TestServer>): Promise<Nodes> {
    return new Nodes(start, await Promise.all([start(), start()]));
  }

  /** What the servers are asked by: each has to know all that was sent. */
  get all(): readonly Required<Asked>[] {
    const position = [...this.positions.values()].join(', ');
    return this.nodes.map(({ url }) => ({ url, position }));
  }

  /** Sends reports to one of the nodes, and waits until they are stored. */
  async send(to: number, reports: readonly SentReport[]): Promise<void> {
    const body = reports.map((report) => ({
      ...report,
      occurredAt: new Date(report.occurredAt).toISOString(),
      recordedAt: undefined,
    }));
    const url = this.nodes[to]?.url ?? '';
    const { status, json, text } = await sendEvents(url, body, { import: 'past' });
    if (status !== 202) throw new Error(text);
    this.positions.set(to, String(json.position));
    const recordedAt = Date.now();
    this.sent.push(...reports.map((report) => ({ ...report, recordedAt })));
  }

  /** Ends a node at once; another one takes its place. */
  async replace(number: number): Promise<void> {
    await this.nodes[number]?.kill();
    this.nodes[number] = await this.start();
  }

  /**
   * Waits until each node knows all that was sent. Where one was killed, the other folds in its
   * place only once its claims have run out, which takes longer than a query waits.
   */
  async caughtUp(): Promise<void> {
    const [from, to] = [NOON - DAY_MS, NOON].map((timeMs) => new Date(timeMs).toISOString());
    for (const asked of this.all) {
      await until(async () => {
        const answer = await askFigures(asked, { range: { from, to } });
        const { errors } = answer;
        if (errors.some(({ extensions }) => extensions?.code === 'READ_MODEL_BEHIND')) return false;
        answerOf(answer);
        return true;
      });
    }
  }

  async beginRebuild(number: number): Promise<void> {
    this.rebuilds += 1;
    const order = 'mutation { rebuildProjection(name: "sessions") { name } }';
    answerOf(await ask({ url: this.nodes[number]?.url ?? '' }, order));
  }

  /** Waits until what was begun to be rebuilt serves. */
  async rebuilt(): Promise<void> {
    if (this.rebuilds === 0) return;
    const query = '{ projections { name rebuildProgress lastRebuild { outcome } } }';
    await until(async () => {
      const all = answerOf(await ask({ url: this.nodes[0]?.url ?? '' }, query)) as Rebuild[];
      const sessions = all.find(({ name }) => name === 'sessions');
      if (sessions?.lastRebuild == null || sessions.rebuildProgress !== null) return false;
      expect(sessions.lastRebuild.outcome).toBe('SWITCHED');
      return true;
    });
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) expect(await node.stop()).toBe(0);
  }
}

/** What players send in a log; sessions of another log have other names. */
const reportsIn = (log: readonly LogEntry[], number: number): readonly SentReport[] =>
  log.flatMap((entry) => {
    if (isTimeout(entry)) return [];
    const { sessionId, ...report } = entry;
    const named = sessionId === undefined ? {} : { sessionId: `${sessionId} of ${String(number)}` };
    return [{ ...report, ...named }];
  });

/**
 * Sends a log in batches, to both nodes in turn; two that share no session at the same time. In the
 * middle a rebuild begins, and in every other log a node is killed.
 */
async function play(
  nodes: Nodes,
  reports: readonly SentReport[],
  { random, isKilled }: { readonly random: SeededRandom; readonly isKilled: boolean },
): Promise<void> {
  const batches: (readonly SentReport[])[] = [];
  for (let first = 0; first < reports.length; first += batches.at(-1)?.length ?? 0) {
    batches.push(reports.slice(first, first + random.whole(1, BATCH_MAX)));
  }
  const half = Math.floor(batches.length / 2);
  let isHalfDone = false;
  for (let i = 0; i < batches.length; i += 1) {
    const [batch = [], next = []] = batches.slice(i, i + 2);
    const to = random.whole(0, 1);
    if (next.length > 0 && !doShare(batch, next)) {
      await Promise.all([nodes.send(to, batch), nodes.send(1 - to, next)]);
      i += 1;
    } else await nodes.send(to, batch);
    if (isHalfDone || i < half) continue;
    isHalfDone = true;
    await nodes.beginRebuild(random.whole(0, 1));
    if (isKilled) await nodes.replace(random.whole(0, 1));
  }
  await nodes.caughtUp();
}

/** Says whether two batches have a report of the same session. */
function doShare(one: readonly SentReport[], other: readonly SentReport[]): boolean {
  const nameOf = (report: SentReport): string =>
    `${report.mediaId.normalize('NFC')} ${sessionNameOf(report, -1)}`;
  const names = one.map(nameOf);
  return other.some((report) => names.includes(nameOf(report)));
}

async function expectAnswers(
  asked: Asked,
  sessions: readonly Session[],
  question: Question,
): Promise<void> {
  const { filter, by, zone: timeZone } = question;
  const { from, to } = onGrid(question);
  const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), timeZone };
  const which = { from, to, filter, ...SETTINGS };

  const { figures } = answerOf(await askFigures(asked, { range, filter })) as { figures: Figures };
  expectSame(figuresIn(figures), figuresOf(sessions, which));

  const wanted = { range, filter, interval: 'MONTH', metrics: METRICS };
  const { series } = answerOf(await askSeries(asked, wanted)) as Series;
  const edges = [from, to];
  const expectedSeries = timeSeriesOf(sessions, { ...which, edges, metrics: METRICS });
  for (const [i, { metric, values: found }] of series.entries()) {
    expectNearAll(found, expectedSeries.series[i]?.values ?? [], metric);
  }

  const page = { range, filter, by, first: 100 };
  const { total, edges: rows } = answerOf(await askBreakdown(asked, page)) as Table;
  const expected = breakdownOf(sessions, { ...which, by });
  expectSame(figuresIn(total), expected.total);
  expect(rows.map(({ node }) => node.value)).toEqual(expected.rows.map(({ value }) => value));
  for (const [i, { node }] of rows.entries()) {
    const row = expected.rows[i];
    if (row === undefined) throw new Error(`nobody expects ${node.value}`);
    expectSame(figuresIn(node.figures), row.figures);
    expect(node.share).toBeCloseTo(row.share, 8);
  }

  for (const mediaId of values.MEDIA ?? []) {
    const curve = answerOf(await askRetention(asked, { mediaId, range, filter })) as object;
    const expectedCurve = { ...retentionOf(sessions, { from, to, filter, mediaId }), sampled: 1 };
    expect(rounded(curve)).toEqual(rounded(expectedCurve));
  }
}

await describeWithOutsideStores('figures of two nodes', (stores) => {
  const seed = seedOfRun();
  test(
    `are what is recomputed from what was sent to both of them (FAULT_SEED=${String(seed)})`,
    async () => {
      process.stderr.write(`figures of two nodes: FAULT_SEED=${String(seed)}\n`);
      const random = new SeededRandom(seed);
      const log = stores.log();
      const database = stores.newDatabase();
      const nodes = await Nodes.of(async () => {
        const node = await startNode({ ...eventsAt(log), ...readModelsAt(database) });
        await untilReady(node);
        return node;
      });
      const logs = fc.sample(randomLogs(NOON), { numRuns: LOGS, seed });
      for (const [number, one] of logs.entries()) {
        await play(nodes, reportsIn(one, number), { random, isKilled: number % 2 === 0 });
        const sessions = sessionsOf(nodes.sent);
        const asked = fc.sample(questions, { numRuns: QUESTIONS, seed: seed + number });
        for (const question of asked) {
          for (const node of nodes.all) await expectAnswers(node, sessions, question);
        }
        await nodes.rebuilt();
        for (const question of asked) {
          for (const node of nodes.all) await expectAnswers(node, sessions, question);
        }
      }
      await nodes.stop();
    },
    TIMEOUT_MS,
  );
});
