import { catchUp } from './catch-up.js';
import { durableMutation, startBenchServer } from './durable-mutation.js';
import { embeddedAppend } from './embedded-append.js';
import { MongoBench, withMongo } from './mongodb.js';
import { MongoCatchUp } from './mongodb-catch-up.js';
import { overload } from './overload.js';
import { Report } from './report.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** What to measure: all, unless words name some of it. */
const isWanted = (name: string): boolean =>
  process.argv.includes(name) || !['embedded', 'mongodb'].some((one) => process.argv.includes(one));

async function measureEmbedded(): Promise<void> {
  const report = new Report('Embedded stores', 'npm run bench -- embedded', [
    'Appends: a commit writes whole pages of the events, the streams and the index of their names,',
    'and crosses to the thread of the log and back; the raw file writes the same bytes once.',
    '',
    'One event a request: on two cores the load generator, the threads of the log and of the',
    'projector and the server itself share what the resolver that does nothing has to itself.',
  ]);
  await report.measure(embeddedAppend());
  await inTemporaryFolder(async (folder) => report.measure(await catchUp(folder)));
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

if (isWanted('embedded')) await measureEmbedded();
if (isWanted('mongodb')) await measureMongo();
