import fc from 'fast-check';
import { PROJECTIONS } from '../../projections/index.js';
import { schemaVersionOf, type StoredData } from '../../src/domain/event-codec.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { TIME_PERIODS, type TimePeriod } from '../../src/domain/period.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { testIdentity } from '../support/test-log.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { analyticsOf, bandwidthOf, endOfDay, popularOf } from '../support/oracle.js';
import { NOON } from '../support/playback.js';
import { recordedLog } from '../support/playback-histories.js';
import { stored } from '../support/project.js';

type Log = readonly Recorded<PlaybackEvent>[];
const newServer = memoryServers();
/** PLAYHEAD_ORACLE_RUNS=1000 looks longer; a failure names its seed. */
const RUNS = { numRuns: Number(process.env.PLAYHEAD_ORACLE_RUNS ?? 8) };
/** A log takes half a second, and more where others want the machine. */
const TIMEOUT_MS = 60_000 + RUNS.numRuns * 5_000;

/** One title in two spellings: one session each. */
const SPELLED = { s1: 'm\u0301', s4: '\u1e3f' } as const;

const qualityReports = fc.array(
  fc
    .record({
      bufferingEvents: fc.nat(5),
      durationMs: fc.nat(100_000),
      occurredAt: fc.integer({ min: NOON - DAY_MS, max: NOON + DAY_MS }),
      quality: fc.constantFrom('AUTO', 'LOW', 'HIGH'),
    })
    .map((data) => stored('quality_reported', { ...data, sessionId: JSON.stringify(data) })),
  { maxLength: 4 },
);

const logs: fc.Arbitrary<Log> = fc.tuple(recordedLog, qualityReports).map(([log, reports]) => [
  ...log.map((event) => {
    const { mediaId, sessionId } = event.data;
    if (mediaId !== 'm2') return event;
    const spelled = SPELLED[sessionId as keyof typeof SPELLED];
    return { ...event, data: { ...event.data, mediaId: spelled } } as Recorded<PlaybackEvent>;
  }),
  ...reports,
]);

/** A server that holds a log. */
async function serverWith(log: Log, now: number): Promise<MemoryServer> {
  const server = await newServer({ now });
  const heads = new Map<string, number>();
  for (const { type, data, recordedAt } of log) {
    const stream = `playhead-playback-${data.mediaId}-${data.sessionId}`;
    const expectedRevision = heads.get(stream) ?? NO_STREAM;
    heads.set(stream, expectedRevision + 1);
    const id = testIdentity.uuidV4();
    const version = schemaVersionOf(type);
    const event = { id, type, version, recordedAt, data: data as unknown as StoredData };
    await server.parts.eventStore.append([{ stream, expectedRevision, events: [event] }]);
  }
  return server;
}

/** Every number to ten digits: sums in another order differ beyond them. */
const rounded = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(10)) : value,
    ),
  );

async function expectAnalytics(server: MemoryServer, log: Log, now: number): Promise<void> {
  for (const mediaId of ['m1', '\u1e3f', 'nobody']) {
    const whole = analyticsOf(log, mediaId, now - 30 * DAY_MS, endOfDay(now));
    expect(rounded(await server.analytics(mediaId))).toEqual(rounded(whole));
    const [from, to] = [NOON - 31 * HOUR_MS, NOON + 7 * HOUR_MS];
    const part = analyticsOf(log, mediaId, from, to);
    expect(rounded(await server.analytics(mediaId, from + 1, to - 1))).toEqual(rounded(part));
  }
}

/** `tolerance`: the share by which a popularity may be off. */
async function expectPopular(
  server: MemoryServer,
  log: Log,
  { period, now, tolerance }: { period: TimePeriod; now: number; tolerance: number },
): Promise<void> {
  const { edges, totalCount } = await server.popular(period);
  const expected = new Map(popularOf(log, period, now).map((one) => [one.mediaId, one]));
  expect([edges.length, totalCount]).toEqual([expected.size, expected.size]);
  const found = edges.map(({ node }) => node);
  for (const { mediaId, viewCount, quality, popularity } of found) {
    const title = expected.get(mediaId);
    expect({ mediaId, viewCount, quality }).toEqual({
      mediaId,
      viewCount: title?.viewCount,
      quality: title?.quality,
    });
    expect(Math.abs(popularity / (title?.popularity ?? NaN) - 1)).toBeLessThan(tolerance);
  }
  const order = found.map(({ popularity }) => popularity);
  order.slice(1).forEach((next, i) => {
    expect(next).toBeLessThanOrEqual((order[i] ?? 0) * (1 + 1e-5));
  });
}

async function expectAnswers(server: MemoryServer, log: Log, now: number): Promise<void> {
  const isAllPast = log.every(({ data }) => data.occurredAt <= now);
  const tolerance = isAllPast ? 1e-6 : 0.03;
  await expectAnalytics(server, log, now);
  for (const period of TIME_PERIODS) {
    const bandwidth = rounded(bandwidthOf(log, period, now));
    expect(rounded(await server.bandwidth(period))).toEqual(bandwidth);
    await expectPopular(server, log, { period, now, tolerance });
  }
}

async function rebuildAll({ parts: { projections } }: MemoryServer): Promise<void> {
  for (const { name } of PROJECTIONS) {
    await projections.rebuild(name);
    await projections.until((progress) =>
      progress.some((one) => one.name === name && one.rebuild.outcome?.kind === 'switched'),
    );
  }
}

it.each([
  ['after all that happened', NOON + DAY_MS + 3 * MINUTE_MS + 7_000],
  ['in the middle of it', NOON + 29 * MINUTE_MS + 31_000],
  ['days later', NOON + 5 * DAY_MS],
])(
  'answers are what their definitions say, before and after a rebuild: %s',
  async (_, now) => {
    await fc.assert(
      fc.asyncProperty(logs, async (log) => {
        const server = await serverWith(log, now);
        try {
          await expectAnswers(server, log, now);
          await rebuildAll(server);
          await expectAnswers(server, log, now);
        } finally {
          await server.stop();
        }
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);
