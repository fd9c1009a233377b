import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../projections/index.js';
import { sessions } from '../projections/sessions.js';
import { SESSION } from '../src/domain/figures/session-places.js';
import { EmbeddedReadModelReader } from '../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { openForWriting, type SqliteConnection } from '../src/adapters/sqlite/database.js';
import { dimensionOf, type Dimension } from '../src/domain/figures/dimensions.js';
import { NO_COUNTS, PLACE, placeAtQuality } from '../src/domain/figures/figure-counts.js';
import { ALL_SLOTS } from '../src/domain/figures/session-places.js';
import type { SessionRow } from '../src/domain/figures/session-row.js';
import { bucketOf } from '../src/domain/figures/startup-buckets.js';
import { DAY_MS, minuteOf } from '../src/domain/time.js';
import { LOG_START } from '../src/ports/event-store.js';
import type { ProjectionName } from '../src/ports/projection.js';
import { NO_PROGRESS, specOf, type Generation } from '../src/ports/read-model/generation.js';
import type { Slice } from '../src/ports/read-model/slices.js';
import { Generations } from '../src/projector/generations.js';
import { rateOf, type Comparison } from './measure.js';

const SESSIONS = 500_000;
const DAYS = 28;
const FROM = Date.UTC(2026, 9, 1);
const VIEWERS = 150_000;
const COMMIT_SESSIONS = 20_000;

/** Values of two dimensions: few, and many. */
const FEW: Dimension = 'COUNTRY';
const FEW_VALUES = 20;
const MANY: Dimension = 'PAGE';
const MANY_VALUES = 5_000;

const ALL_FIGURES: Pick<Slice, 'stretches' | 'filters' | 'parts' | 'slots'> = {
  stretches: [{ from: FROM, to: FROM + DAYS * DAY_MS }],
  filters: [],
  parts: { uniqueViewers: true, startupTime: true, peak: true },
  slots: ALL_SLOTS,
};

/** A session that looks like others: most start, some stall, viewers come several times. */
function sessionAt(i: number): SessionRow {
  // Large primes spread neighbours over all values.
  const draw = (of: number, prime: number): number => (i * prime) % of;
  const startedAt = FROM + draw(DAYS * DAY_MS, 4_835_797);
  const watchedMs = 1_000 * (20 + draw(3_600, 7_907));
  const counts = NO_COUNTS.slice();
  const bytes = watchedMs * 300;
  const amounts = { sessions: 1, views: 1, attempts: 1, qualifiedViews: 1, watchedMs, bytes };
  for (const [name, amount] of Object.entries(amounts)) counts[PLACE[name as 'views']] = amount;
  counts[placeAtQuality('HIGH', 'watchedMs')] = watchedMs;
  counts[placeAtQuality('HIGH', 'bytes')] = bytes;
  const startupMs = 200 + draw(4_000, 1_583);
  return {
    mediaId: `title-${String(draw(2_000, 6_151))}`,
    sessionId: `session-${String(i)}`,
    startedAt,
    lastAt: startedAt + watchedMs,
    lastRecordedAt: startedAt + watchedMs,
    state: 'PLAYING',
    liveAt: startedAt + watchedMs,
    endReason: 'ENDED',
    isEnded: true,
    counts,
    viewerId: `viewer-${String(draw(VIEWERS, 104_729)).padStart(15, '0')}`,
    quality: 'HIGH',
    startupMs,
    startupBucket: bucketOf(startupMs),
    minutes: [minuteOf(startedAt), minuteOf(startedAt + watchedMs)],
    context: {
      country: String.fromCharCode(65 + draw(FEW_VALUES, 31), 69),
      device: 'PHONE',
      page: `video.example/watch/${String(draw(MANY_VALUES, 3_571))}`,
    },
  };
}

/** Sums up sessions of a file by the read model, and by SQL over a table made for it. */
export class SliceBench {
  private constructor(
    private readonly folder: string,
    private readonly reader: EmbeddedReadModelReader,
    private readonly table: SqliteConnection,
  ) {}

  static async start(folder: string): Promise<SliceBench> {
    const models = join(folder, 'read-models');
    mkdirSync(models);
    const writer = new EmbeddedReadModelWriter(models);
    const generations = new Generations(writer);
    const how = { replacing: undefined, servesFrom: LOG_START };
    const started = await generations.start(specOf(sessions, 'bench'), how);
    if (started === undefined) throw new Error('another process has started the sessions');
    let generation: Generation = started;
    const table = openForWriting(join(folder, 'table.db'), TABLE);
    const insert = table.prepare(`INSERT INTO sessions VALUES (${COLUMNS.map(() => '?').join()})`);
    for (let first = 0; first < SESSIONS; first += COMMIT_SESSIONS) {
      const rows = Array.from({ length: COMMIT_SESSIONS }, (_, i) => sessionAt(first + i));
      generation = await writer.commit(generation, {
        puts: rows.map((row) => {
          const key = SESSION.key(row.mediaId, row.sessionId, 0);
          return { key, body: row, indexValues: sessions.indexValuesOf(row, key) };
        }),
        ...{ deletes: [], checkpoint: first + 1, checkpointId: undefined, totals: {} },
        ...{ parked: { puts: [], deletes: [] }, progress: { ...NO_PROGRESS, scanned: first + 1 } },
      });
      table.exec('BEGIN');
      for (const row of rows) insert.run(...columnsOf(row));
      table.exec('COMMIT');
    }
    await writer.close();
    return new SliceBench(models, readerOf(models), table);
  }

  comparisons(): readonly Comparison[] {
    const dimensions = [
      [FEW, FEW_VALUES],
      [MANY, MANY_VALUES],
    ] as const;
    return dimensions.flatMap(([by, values]) => {
      const what = `${String(SESSIONS)} sessions by ${String(values)} values`;
      const peer = { name: 'SQL over typed columns', run: () => this.scan(by) };
      const name = 'columns in a thread';
      const unit = 'sessions/s';
      const again = { name, run: () => this.slice(this.reader, by) };
      const anew = { name, run: () => this.sliceAnew(by) };
      return [
        { title: `${what}, asked before`, unit, aim: 5, subject: again, peer },
        { title: `${what}, for the first time`, unit, aim: 0.5, subject: anew, peer },
      ];
    });
  }

  async close(): Promise<void> {
    await this.reader.close();
    this.table.close();
  }

  private slice(reader: EmbeddedReadModelReader, by: Dimension): Promise<number> {
    return rateOf(SESSIONS, async () => {
      const [answer] = await reader.slices(LOG_START, [{ ...ALL_FIGURES, by }]);
      if (answer?.sessions !== SESSIONS) throw new Error('sessions are missing');
    });
  }

  /** Asks a thread that knows nothing yet. */
  private async sliceAnew(by: Dimension): Promise<number> {
    const reader = readerOf(this.folder);
    try {
      return await this.slice(reader, by);
    } finally {
      await reader.close();
    }
  }

  private scan(by: Dimension): Promise<number> {
    const value = by === FEW ? 'country' : 'page';
    return rateOf(SESSIONS, () => {
      for (const sql of queriesBy(value)) this.table.prepare(sql).all();
    });
  }
}

const readerOf = (folder: string): EmbeddedReadModelReader =>
  new EmbeddedReadModelReader(
    folder,
    Object.fromEntries(PROJECTIONS.map(({ name, version }) => [name, version])) as Record<
      ProjectionName,
      number
    >,
  );

const COUNTS = NO_COUNTS.map((_, i) => `c${String(i)}`);
const COLUMNS = ['country', 'page', 'viewer', 'bucket', 'first', 'last', ...COUNTS];
const TABLE = {
  schema: `CREATE TABLE sessions(country TEXT, page TEXT, viewer TEXT, bucket INT, first INT,
    last INT, ${COUNTS.map((name) => `${name} INT`).join()})`,
  schemaVersion: 1,
  synchronous: 'NORMAL',
} as const;

const columnsOf = (row: SessionRow): (string | number)[] => [
  ...[dimensionOf(row, FEW), dimensionOf(row, MANY), row.viewerId ?? ''],
  ...[row.startupBucket ?? 0, row.minutes[0] ?? 0, row.minutes[1] ?? 0, ...row.counts],
];

/** The counts and viewers, the startup times, and the peak by the minute. */
const queriesBy = (value: string): readonly string[] => [
  `SELECT ${value}, ${COUNTS.map((name) => `sum(${name})`).join()}, count(DISTINCT viewer)
    FROM sessions GROUP BY ${value}`,
  `SELECT ${value}, bucket, count(*) FROM sessions GROUP BY ${value}, bucket`,
  `SELECT value, max(running) FROM (
    SELECT value, sum(change) OVER (PARTITION BY value ORDER BY minute) AS running FROM (
      SELECT value, minute, sum(change) AS change FROM (
        SELECT ${value} AS value, first AS minute, 1 AS change FROM sessions
        UNION ALL SELECT ${value}, last + 1, -1 FROM sessions)
      GROUP BY value, minute))
    GROUP BY value`,
];
