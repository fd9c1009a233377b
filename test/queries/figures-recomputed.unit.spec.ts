import fc from 'fast-check';
import type { ReportFields } from '../../src/api/report-fields.js';
import { DAY_MS, HOUR_MS, QUARTER_MS } from '../../src/domain/time.js';
import {
  FiguresQuery,
  TimeSeriesQuery,
  type Comparison,
  type Figures,
  type Interval,
  type Metric,
} from '../../src/queries/figures/figures.query.js';
import { bucketsOf } from '../../src/queries/ranges/buckets.js';
import { figuresOf } from '../support/figures-oracle/figures.js';
import { randomLogs } from '../support/figures-oracle/random-reports.js';
import { isTimeout, type LogEntry, type SentReport } from '../support/figures-oracle/reports.js';
import { sessionsOf, type Session } from '../support/figures-oracle/sessions.js';
import { METRICS, timeSeriesOf } from '../support/figures-oracle/slices.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';

const newServer = memoryServers();
/** PLAYHEAD_ORACLE_RUNS=1000 looks longer; a failure names its seed. */
const RUNS = { numRuns: Number(process.env.PLAYHEAD_ORACLE_RUNS ?? 30) };
const TIMEOUT_MS = 120_000 + RUNS.numRuns * 5_000;

/** As the servers of the tests have them. */
const SETTINGS = { egressPricePerGib: 0.085, qualifiedViewSeconds: 30 };
const ALL_PARTS = { uniqueViewers: true, startupTime: true, peak: true };
const METRICS_MAX = 6;

/** A title, spelled as the API hands it on. */
const TITLE = '\u1e3f';

const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo'],
);

const questions = fc.record({
  from: fc.integer({ min: NOON - 2 * DAY_MS, max: NOON + DAY_MS }),
  length: fc.oneof(
    fc.integer({ min: 1, max: 5 * HOUR_MS }),
    fc.integer({ min: 1, max: 4 * DAY_MS }),
  ),
  zone: zones,
  mediaIds: fc.constantFrom(undefined, [TITLE], ['m1', 'channel'], ['nobody']),
  compare: fc.constantFrom<(Comparison | undefined)[]>(undefined, 'PREVIOUS', 'SAME_WEEKDAYS'),
  interval: fc.constantFrom<Interval[]>('QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'),
});
type Question = typeof questions extends fc.Arbitrary<infer One> ? One : never;

/** What a player sent: when it was recorded is the server's. */
function reportIn(entry: SentReport): ReportFields {
  const { recordedAt, ...report } = entry;
  expect(recordedAt).toBeGreaterThanOrEqual(report.occurredAt);
  return report;
}

/** Sends a log as its players did; where the log has timeouts, the rollup runs. */
async function play(server: MemoryServer, log: readonly LogEntry[]): Promise<void> {
  let rolledUpAt: number | undefined;
  for (const entry of log) {
    server.clock.set(entry.recordedAt);
    if (!isTimeout(entry)) {
      await server.record(reportIn(entry));
    } else if (entry.recordedAt !== rolledUpAt) {
      rolledUpAt = entry.recordedAt;
      await server.settled();
      await server.parts.rollup.run(HOUR_MS);
    }
  }
}

const onGrid = ({ from, length }: Question): { from: number; to: number } => ({
  from: Math.floor(from / QUARTER_MS) * QUARTER_MS,
  to: Math.ceil((from + length) / QUARTER_MS) * QUARTER_MS,
});

const filterOf = ({ mediaIds }: Question) =>
  mediaIds === undefined ? [] : [{ dimension: 'MEDIA' as const, anyOf: mediaIds }];

/** Sums and quotients to ten digits; startup times are told within 1 %. */
function expectSame(found: Figures, expected: Figures): void {
  const { startupTime, ...rest } = found;
  const { startupTime: exact, ...wanted } = expected;
  expect(rounded(rest)).toEqual(rounded(wanted));
  expect(startupTime?.count).toBe(exact?.count);
  for (const name of ['p50', 'p75', 'p95'] as const) {
    expectNear(startupTime?.[name] ?? null, exact?.[name] ?? null);
  }
}

const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'number' ? Number(one.toPrecision(10)) : one,
    ),
  );

function expectNear(found: number | null, exact: number | null): void {
  expect(found === null).toBe(exact === null);
  const error = Math.abs((found ?? 0) - (exact ?? 0));
  expect(error).toBeLessThanOrEqual((exact ?? 0) * 0.010_001 + 1e-9);
}

function expectNearAll(
  found: readonly (number | null)[],
  exact: readonly (number | null)[],
  metric: Metric,
): void {
  if (!metric.startsWith('STARTUP')) expect(rounded(found)).toEqual(rounded(exact));
  else for (const [i, value] of found.entries()) expectNear(value, exact[i] ?? null);
}

async function expectFigures(
  server: MemoryServer,
  sessions: readonly Session[],
  question: Question,
): Promise<void> {
  const { mediaIds, compare, zone: timeZone } = question;
  const range = { from: question.from, to: question.from + question.length, timeZone };
  const query = new FiguresQuery({ range, mediaIds, compare }, ALL_PARTS, await server.head());
  const { period, figures, previous, previousPeriod } = await server.query(query);
  expect(period).toMatchObject(onGrid(question));
  const filter = filterOf(question);
  expectSame(figures, figuresOf(sessions, { ...onGrid(question), filter, ...SETTINGS }));
  expect(previous === null).toBe(previousPeriod === null);
  if (previous === null || previousPeriod === null) return;
  expectSame(previous, figuresOf(sessions, { ...previousPeriod, filter, ...SETTINGS }));
}

async function expectSeries(
  server: MemoryServer,
  sessions: readonly Session[],
  question: Question,
): Promise<void> {
  const { mediaIds, interval, zone: timeZone } = question;
  const range = { from: question.from, to: question.from + question.length, timeZone };
  const buckets = bucketsOf(onGrid(question), interval, timeZone, 2_000);
  const { from, to } = onGrid(question);
  const edges = [from, ...buckets.slice(1).map((bucket) => bucket.from), to];
  const filter = filterOf(question);
  for (let first = 0; first < METRICS.length; first += METRICS_MAX) {
    const metrics = METRICS.slice(first, first + METRICS_MAX);
    const wanted = { range, mediaIds, compare: undefined };
    const query = new TimeSeriesQuery(wanted, interval, metrics, await server.head());
    const { at, series } = await server.query(query);
    expect(at).toEqual(buckets.map((bucket) => bucket.from));
    const expected = timeSeriesOf(sessions, { edges, metrics, filter, ...SETTINGS });
    for (const [i, { metric, values }] of series.entries()) {
      expectNearAll(values, expected.series[i]?.values ?? [], metric);
    }
  }
}

async function rebuilt({ parts: { projections } }: MemoryServer): Promise<void> {
  await projections.rebuild('sessions');
  await projections.until((progress) =>
    progress.some(
      ({ name, rebuild }) => name === 'sessions' && rebuild.outcome?.kind === 'switched',
    ),
  );
}

it(
  'figures and series are what an independent recomputation makes of what was sent',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        randomLogs(NOON),
        fc.array(questions, { minLength: 3, maxLength: 3 }),
        async (log, asked) => {
          const server = await newServer({ now: NOON - DAY_MS });
          try {
            await play(server, log);
            const sessions = sessionsOf(log);
            for (const question of asked) await expectFigures(server, sessions, question);
            for (const question of asked) await expectSeries(server, sessions, question);
            await rebuilt(server);
            for (const question of asked) await expectFigures(server, sessions, question);
          } finally {
            await server.stop();
          }
        },
      ),
      RUNS,
    );
  },
  TIMEOUT_MS,
);
