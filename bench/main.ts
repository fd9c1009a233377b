import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { catchUp } from './catch-up.js';
import { durableMutation, startBenchServer } from './durable-mutation.js';
import { embeddedAppend } from './embedded-append.js';
import { compare, type Comparison, type Result } from './measure.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Rounds of each comparison, both sides in turn. */
const ROUNDS = 5;
const RESULTS_FILE = 'bench/RESULTS.md';

const results: Result[] = [];

async function measure(comparison: Comparison): Promise<void> {
  const result = await compare(comparison, ROUNDS);
  results.push(result);
  const { title, unit, subject, peer, ratio, aim } = result;
  process.stdout.write(
    `${title}\n` +
      [subject, peer].map((one) => `  ${rounded(one.median)} ${unit}  ${one.name}\n`).join('') +
      `  ratio ${percent(ratio)} (aim: at least ${percent(aim)})\n\n`,
  );
}

const rounded = (rate: number): string => Math.round(rate).toLocaleString('en').padStart(10);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Why a ratio is what it is. */
const NOTES = [
  'Appends: a commit writes whole pages of the events, the streams and the index of their names,',
  'and crosses to the thread of the log and back; the raw file writes the same bytes once.',
  '',
  'One event a request: on two cores the load generator, the threads of the log and of the',
  'projector and the server itself share what the resolver that does nothing has to itself.',
];

function table(): string {
  const processor = cpus()[0]?.model ?? 'unknown';
  const rows = results.map(({ title, unit, subject, peer, ratio, aim }) =>
    [title, `${rounded(subject.median).trim()} ${unit}`, `${rounded(peer.median).trim()} ${unit}`]
      .concat(peer.name, percent(ratio), percent(aim))
      .join(' | '),
  );
  return [
    '# Benchmark results',
    '',
    'Written by `npm run bench -- --write`. Medians of interleaved rounds; the ratio is the median',
    "of the rounds' own ratios. Compare ratios, not rates: machines differ, this one is shared.",
    '',
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${String(cpus().length)} cores, ${processor}; Node ${process.version}`,
    `- Rounds: ${String(ROUNDS)}, after one that is not counted`,
    '',
    '| what | rate | peer | which is | ratio | aim |',
    '| --- | ---: | ---: | --- | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...NOTES,
    '',
  ].join('\n');
}

await measure(embeddedAppend());
await inTemporaryFolder(async (folder) => measure(await catchUp(folder)));
await inTemporaryFolder(async (folder) => {
  const server = await startBenchServer(folder);
  await measure(durableMutation(server));
  await server.stop();
});
if (process.argv.includes('--write')) writeFileSync(RESULTS_FILE, table());
