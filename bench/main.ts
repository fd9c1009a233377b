import { askedParts } from './asked-parts.js';
import { catchUp, logIn, refill } from './catch-up.js';
import { cmcdReports, costOfWatching } from './cmcd.js';
import { durableMutation, startBenchServer } from './durable-mutation.js';
import { embeddedAppend } from './embedded-append.js';
import { askedOf, QUESTIONS, serverWith } from './history.js';
import { liveUnderLoad } from './live.js';
import { MongoBench, withMongo } from './mongodb.js';
import { MongoCatchUp } from './mongodb-catch-up.js';
import { overload } from './overload.js';
import { queryCosts } from './query-cost.js';
import { rebuildUnderLoad } from './rebuild.js';
import { Report } from './report.js';
import { SliceBench } from './slices.js';
import { storms } from './storms.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** The parts of the benchmark: all are measured, unless arguments name some of them. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  embedded: measureEmbedded,
  rebuild: measureRebuild,
  cost: measureCosts,
  slices: measureSlices,
  live: measureLive,
  cmcd: measureCmcd,
  storms: measureStorms,
  mongodb: measureMongo,
};
/** As the command line ends where it is called wrongly. */
const EX_USAGE = 2;
/** Few, so that all storms are over in a minute and a half. */
const STORM_ROUNDS = 2;
const SHORT_HISTORY = 10_000;
const LONG_HISTORY = 1_000_000;
/** The events of a month in which the popular titles have views in every hour. */
const MONTH_HISTORY = 400_000;
const MONTH_HOURS = 30 * 24;

async function measureEmbedded(): Promise<void> {
  const report = new Report('Embedded stores', 'npm run bench -- embedded', [
    'Appends: a commit writes whole pages of the events, the streams and the index of their names,',
    'and crosses to the thread of the log and back; the raw file writes the same bytes once.',
    '',
    'One event a request: on two cores the load generator, the threads of the log and of the',
    'projector and the server itself share what the resolver that does nothing has to itself.',
  ]);
  await report.measure(embeddedAppend());
  await inTemporaryFolder(async (folder) => report.measure(catchUp(await logIn(folder))));
  await inTemporaryFolder(async (folder) => {
    const server = await startBenchServer(folder);
    await report.measure(durableMutation(server));
    await server.stop();
  });
  await inTemporaryFolder(async (folder) => {
    const server = await startBenchServer(folder);
    const { comparison, summary } = await overload(server);
    await report.measure(comparison);
    report.note(summary());
    await server.stop();
  });
  report.writeIfAsked();
}

async function measureRebuild(): Promise<void> {
  const report = new Report('Rebuilds and long histories', 'npm run bench -- rebuild', [
    'A ratio of latencies is that of their inverses: 67 % is 1.5 times as long, 77 % 1.3 times.',
  ]);
  await inTemporaryFolder(async (folder) => report.measure(refill(await logIn(folder))));
  await inTemporaryFolder(async (longFolder) => {
    const long = await serverWith(LONG_HISTORY, longFolder);
    await inTemporaryFolder(async (shortFolder) => {
      const short = await serverWith(SHORT_HISTORY, shortFolder);
      for (const name of Object.keys(QUESTIONS)) await report.measure(askedOf(name, long, short));
      await short.stop();
    });
    const { results, summary } = await rebuildUnderLoad(long);
    for (const result of results) report.add(result);
    report.note(summary);
    await long.stop();
  });
  report.writeIfAsked();
}

async function measureCosts(): Promise<void> {
  const report = new Report('Cost of operations', 'npm run bench -- cost', [
    'What operations cost by the table of prices, beside the CPU that the server took for them,',
    'its threads included, on a month of history.',
  ]);
  await inTemporaryFolder(async (folder) => {
    const server = await serverWith(MONTH_HISTORY, folder, MONTH_HOURS);
    report.note(['```text', await queryCosts(server), '```'].join('\n'));
    await server.stop();
  });
  report.writeIfAsked();
}

async function measureCmcd(): Promise<void> {
  const report = new Report('Reports of players', 'npm run bench -- cmcd', [
    'Each player has a connection of its own; each of its requests is stored as one event.',
  ]);
  await inTemporaryFolder(async (folder) => {
    const server = await startBenchServer(folder);
    await report.measure(cmcdReports(server));
    await server.stop();
  });
  report.note(costOfWatching());
  report.writeIfAsked();
}

async function measureStorms(): Promise<void> {
  const report = new Report('Storms', 'npm run bench -- storms', [
    'What clients that wait for each answer get stored while players storm. Storms, these clients',
    'and the server share the cores: a storm that costs the server nothing would cost them some.',
  ]);
  await inTemporaryFolder(async (folder) => {
    const keys = { adminKey: 'admin-of-the-storms', key: 'key-of-the-storms-1' };
    const settings = { ADMIN_KEY: keys.adminKey, INGEST_KEY: keys.key };
    const server = await startBenchServer(folder, settings);
    try {
      const { comparisons, summary } = storms({ ...server, ...keys });
      for (const comparison of comparisons) await report.measure(comparison, STORM_ROUNDS);
      report.note(summary());
    } finally {
      await server.stop();
    }
  });
  report.writeIfAsked();
}

async function measureSlices(): Promise<void> {
  const report = new Report('Figures summed up from sessions', 'npm run bench -- slices', [
    'Counts, distinct viewers, startup times and the peak of each value. SQL has a table with a',
    'column for each of them, and answers by three statements, each of which is a scan.',
  ]);
  await inTemporaryFolder(async (folder) => {
    const bench = await SliceBench.start(folder);
    for (const comparison of bench.comparisons()) await report.measure(comparison);
    await bench.close();
  });
  report.writeIfAsked();
}

async function measureLive(): Promise<void> {
  const report = new Report('Who watches now', 'npm run bench -- live', [
    'Each of the 200 has `media` and `by(MEDIA)`, and reads all it is told. The load generator,',
    'the readers, the server and its threads share two cores.',
  ]);
  await inTemporaryFolder(async (folder) => {
    const server = await startBenchServer(folder);
    const { result, summary } = await liveUnderLoad(server);
    report.add(result);
    report.note(summary);
    await server.stop();
  });
  report.writeIfAsked();
}

async function measureMongo(): Promise<void> {
  const report = new Report('Read models in MongoDB', 'npm run bench:mongodb', [
    'Catch-up: the projector also loads each document before it folds, and folding and reading the',
    'log share two cores with the server. The raw side sends bulks that were made before.',
  ]);
  await withMongo(async (url) => {
    const catchUp = new MongoCatchUp(url);
    await report.measure(await catchUp.comparison());
    await catchUp.close();
    const bench = await MongoBench.start(url);
    await report.measure(bench.commits());
    await report.measure(bench.queries());
    await bench.close();
  });
  report.writeIfAsked();
}

const asked = askedParts(process.argv.slice(2), Object.keys(PARTS));
if ('say' in asked) {
  const output = asked.isRefused ? process.stderr : process.stdout;
  output.write(`${asked.say}\n`);
  process.exitCode = asked.isRefused ? EX_USAGE : 0;
} else {
  for (const part of asked.parts) await PARTS[part]?.();
}
