import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, type Analytics, type BandwidthReport } from '../support/api-client.js';
import { DAY_MS, GIBIBYTE, iso } from '../support/e2e.js';
import { send } from '../support/http.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { MAIN, run } from './command-line.js';
import { MEDIA, pastLog, totalsOf } from './past-log.js';

/** Of the log; IMPORT_LINES=100000 is the full trial, of some minutes. */
const LINES = Number(process.env.IMPORT_LINES ?? 3_000);
const PIECES = 10;
const KILLS = 4;
const BAD = 7;

const seed = seedOfRun();
const random = new SeededRandom(seed);
const folder = temporaryFolder();
const events = pastLog(random, LINES);
const lines = events.map((event) => JSON.stringify(event));
/** Lines that stand in the log more than once. */
const repeated = new Set(lines.filter((line, at) => line === lines[at - 1]));
const from = iso(Date.now() - 29 * DAY_MS);
const expected = totalsOf(events);

afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

let files = 0;
function fileOf(content: string | Buffer): string {
  files += 1;
  const path = join(folder, `events-${String(files)}.ndjson`);
  writeFileSync(path, content);
  return path;
}
const fileOfLines = (some: readonly string[]): string =>
  fileOf(some.map((line) => `${line}\n`).join(''));

interface Report {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** Imports a file; it ends with 1 if lines of it were rejected, and only then. */
async function importing(server: TestServer, ...words: readonly string[]): Promise<Report> {
  const { status, stdout, stderr } = await run(['import', '--json', '--url', server.url, ...words]);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  expect(status).toBe(report.rejected === 0 ? 0 : 1);
  return report;
}

interface Figures {
  readonly media: readonly Analytics[];
  readonly bandwidth: BandwidthReport;
}

/** What a server says of a log that came in some way, each line of it once. */
async function figuresAfter(way: (server: TestServer) => Promise<void>): Promise<Figures> {
  const server = await startServer(join(folder, `data-${String((files += 1))}`));
  await way(server);
  const again = await importing(server, fileOfLines(lines));
  expect(again).toMatchObject({ accepted: 0, duplicates: LINES });
  expect(await acceptedBy(server)).toBe(LINES);
  const client = new ApiClient(server.url);
  // What is registered last stands behind all events: the queries wait for it.
  await client.register({ mediaId: MEDIA[0], title: 'Film' });
  const media: Analytics[] = [];
  for (const mediaId of MEDIA) media.push(await client.analytics(mediaId, { from }));
  const bandwidth = await client.bandwidth('MONTH');
  await server.kill();
  return { media, bandwidth };
}

async function acceptedBy(server: TestServer): Promise<number> {
  const { text } = await send(`${server.url}/metrics`);
  const counts = [...text.matchAll(/^playhead_ingest_events_total{.*"accepted"} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Ends an import with SIGKILL once so many lines are stored. */
async function importAndKill(server: TestServer, file: string, stored: number): Promise<void> {
  const words = [MAIN, 'import', '--url', server.url, file];
  const child = spawn(process.execPath, words, { stdio: 'ignore' });
  const closed = once(child, 'close');
  await until(async () => child.exitCode !== null || (await acceptedBy(server)) >= stored);
  child.kill('SIGKILL');
  await closed;
}

/** What a hand could do to a line. */
function spoil(line: string): string {
  const event = JSON.parse(line) as object;
  return random.pick([
    line.slice(0, random.whole(1, line.length - 1)),
    JSON.stringify({ ...event, occurredAt: 'yesterday' }),
    JSON.stringify({ ...event, duration: -1 }),
    JSON.stringify({ ...event, colour: 'red' }),
    JSON.stringify({ ...event, mediaId: null }),
  ]);
}

const WAYS: Readonly<Record<string, (server: TestServer) => Promise<void>>> = {
  'in growing pieces, cut anywhere': async (server) => {
    const whole = Buffer.from(lines.join('\n'));
    const ends = Array.from({ length: PIECES - 1 }, () => random.whole(1, whole.length));
    for (const end of [...ends.sort((a, b) => a - b), whole.length]) {
      await importing(server, fileOf(whole.subarray(0, end)));
    }
  },
  'in pieces apart, in any order': async (server) => {
    // Equal lines stay together: of those in several files only the most would count.
    const pieces = Array.from({ length: PIECES }, (_, piece) =>
      lines.filter((line) => (createHash('md5').update(line).digest()[0] ?? 0) % PIECES === piece),
    );
    while (pieces.length > 0) {
      const [piece = []] = pieces.splice(random.whole(0, pieces.length - 1), 1);
      expect((await importing(server, fileOfLines(piece))).duplicates).toBe(0);
    }
  },
  'with bad lines, which are put right and imported': async (server) => {
    const lone = lines.flatMap((line, at) => (repeated.has(line) ? [] : [at]));
    const bad = Array.from({ length: BAD }, () => lone[random.whole(0, lone.length - 1)] ?? 0);
    const spoilt = [...new Set(bad)].sort((a, b) => a - b);
    const broken = lines.map((line, at) => (spoilt.includes(at) ? spoil(line) : line));
    const rejects = join(folder, 'rejects.ndjson');
    const report = await importing(server, '--rejects', rejects, fileOfLines(broken));
    expect(report).toMatchObject({ rejected: spoilt.length, duplicates: 0 });
    const rejected = readFileSync(rejects, 'utf8').slice(0, -1).split('\n');
    expect(rejected).toEqual(spoilt.map((at) => broken[at]));
    const mended = fileOfLines(spoilt.map((at) => lines[at] ?? ''));
    expect(await importing(server, mended)).toMatchObject({ accepted: spoilt.length });
  },
  'killed again and again, and resumed': async (server) => {
    const file = fileOfLines(lines);
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const stored = Math.floor((LINES / (KILLS + 1)) * (kill - random.next()));
      await importAndKill(server, file, stored);
    }
    const { accepted, duplicates } = await importing(server, file);
    expect(accepted + duplicates).toBe(LINES);
  },
};

test(
  `a log of ${String(LINES)} lines comes to the same, however it is imported`,
  async () => {
    console.log(`FAULT_SEED=${String(seed)} IMPORT_LINES=${String(LINES)}`);
    const figures = await figuresAfter(async (server) => {
      expect(await importing(server, fileOfLines(lines))).toMatchObject({ accepted: LINES });
    });
    expectTotals(figures);
    for (const [name, way] of Object.entries(WAYS)) {
      expect([name, await figuresAfter(way)]).toEqual([name, figures]);
    }
  },
  180_000 + 10 * LINES,
);

/** The figures are those of the definitions. */
function expectTotals({ media, bandwidth }: Figures): void {
  let bytes = 0;
  media.forEach((figures, at) => {
    const totals = expected[MEDIA[at] ?? ''];
    if (totals === undefined) throw new Error('a title was never played');
    const { totalViews, averageWatchTime, bufferingEvents, qualityDistribution } = figures;
    expect([totalViews, bufferingEvents]).toEqual([totals.views, totals.stalls]);
    expect(averageWatchTime * totalViews).toBeCloseTo(totals.watchedSeconds, 3);
    const byQuality = qualityDistribution.map(({ quality, viewCount }) => [quality, viewCount]);
    expect(Object.fromEntries(byQuality)).toEqual(totals.viewsByQuality);
    bytes += totals.bytes;
  });
  expect(Math.round(bandwidth.totalGB * GIBIBYTE)).toBe(bytes);
}
