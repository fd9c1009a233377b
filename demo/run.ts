/**
 * `npm run demo`: starts a server in a temporary folder, sends it two weeks' audience made of
 * recorded sessions, prints the server's reports and stays up until Ctrl-C (with `--exit`, it ends
 * by itself). With `--server URL` it plays to an empty server that is there already.
 */
import { CommanderError } from 'commander';
import { fileURLToPath } from 'node:url';
import { formatCount, formatDecimals } from '../src/cli/format.js';
import { explainUsage } from '../src/cli/usage.js';
import { reasonOf } from '../src/failure-reason.js';
import { planAttempts, planAudience } from './audience.js';
import { createCall, type DemoOptions } from './call.js';
import { catalogue } from './catalogue.js';
import { PlayheadClient } from './client.js';
import { formatNextSteps } from './next-steps.js';
import { keepWatching } from './live-audience.js';
import { createPeople } from './people.js';
import { findMismatches } from './proof.js';
import { askAll } from './questions.js';
import { readRecordings, type StreamingEvent } from './recordings.js';
import { formatReports } from './reports.js';
import { registerCatalogue, sendSessions } from './send.js';
import { askSlices, findSliceMismatches } from './slices.js';
import { tell as tellSession, tellAttempt } from './telling.js';
import { ServerLost, startServer, type DemoServer } from './server.js';

/** Compiled to dist/demo, beside dist/src. */
const serverEntry = fileURLToPath(new URL('../src/main.js', import.meta.url));
const sessionsDir = fileURLToPath(new URL('../../examples/sessions', import.meta.url));

/** The audience is the same each time; only its times move along. */
const seed = 20_240;
const people = createPeople(seed);
const mismatchesShown = 10;
const hourMs = 3_600_000;
const weekMs = 7 * 24 * hourMs;
/** The week before, to compare with: it ends an hour early, so that no report holds any of it. */
const earlier = { endsMs: weekMs + hourMs, seed: seed + 7, share: 0.85, prefix: 'earlier-' };
/** The exit statuses of the command line. */
const failed = 1;
const wrongUsage = 2;

/** The error of a demo that was asked to end early, which is no fault of it. */
class Interrupted extends Error {}

async function run({ exit = false, server: given }: DemoOptions): Promise<void> {
  const interruption = new AbortController();
  // A terminal's Ctrl-C and npm may both send a signal: the first one counts, no later one kills.
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(event, () => {
      interruption.abort();
    });
  }
  process.stdout.on('error', () => {
    interruption.abort(); // the reader of stdout has seen enough
  });
  const { signal } = interruption;
  try {
    if (given === undefined) await playToOurs(!exit, signal);
    else await show(new PlayheadClient(given, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
    const left = given === undefined ? 'has ended' : 'keeps what it was sent';
    throw new Interrupted(`Interrupted before it had shown everything; the server ${left}`, {
      cause: error,
    });
  }
}

async function playToOurs(isToStay: boolean, signal: AbortSignal): Promise<void> {
  const server = await startServer(serverEntry, process.env.PORT);
  const lost = server.lost.then((error) => {
    throw error;
  });
  try {
    await Promise.race([demonstrate(server, isToStay, signal), lost]);
  } finally {
    // The server first lets go of what it serves, such as the streams of open pages.
    if (signal.aborted) print('Stopping ...');
    await server.stop();
  }
  if (isToStay) print('Interrupted: the server has ended, and its data is removed.');
}

async function demonstrate(
  { url, dataDir }: DemoServer,
  isToStay: boolean,
  signal: AbortSignal,
): Promise<void> {
  const client = new PlayheadClient(url, signal);
  await show(client);
  if (!isToStay || signal.aborted) return;
  print(
    'Some viewers have come in the last half hour and go on watching: what they do',
    'comes on top of what was checked.',
    `The server stays up at ${url} until Ctrl-C. Its data is in`,
    `  ${dataDir}`,
  );
  await keepWatching(client, people, signal);
}

async function show(client: PlayheadClient): Promise<void> {
  print(`Playhead runs at ${client.url}`);
  const nowMs = Date.now();
  const recordings = await readRecordings(sessionsDir);
  const sessions = sessionsOf({ seed, nowMs, recordings, people });
  const before = sessionsOf({ ...earlier, nowMs: nowMs - earlier.endsMs, recordings, people });
  const events = sessions.flat();
  const viewers = new Set(events.flatMap(({ userId }) => userId ?? []));
  print(
    `Audience: ${String(catalogue.length)} titles, ${formatCount(viewers.size)} viewers, ` +
      `${formatCount(sessions.length)} sessions over the last 7 days,`,
    `  and ${formatCount(before.length)} in the week before,`,
    '  replayed from sessions that hls.js really played (examples/sessions)',
  );
  await registerCatalogue(client);
  const beganMs = performance.now();
  const positions = await sendSessions(client, [...before, ...sessions]);
  const seconds = (performance.now() - beganMs) / 1000;
  const count = events.length + before.flat().length;
  print(
    `Sent ${formatCount(count)} events in ${formatDecimals(seconds, 1)} s: ` +
      `${formatCount(Math.round(count / seconds))} a second, on disk when acknowledged.`,
    '',
  );
  await tell(client, { sessions, nowMs }, positions);
}

/** Returns the events of a week's sessions, and of its attempts. */
const sessionsOf = (options: Parameters<typeof planAudience>[0]): StreamingEvent[][] => [
  ...planAudience(options).map(tellSession),
  ...planAttempts(options).map(tellAttempt),
];

/** The sessions of the week that were sent, and when. */
interface Sent {
  readonly sessions: readonly (readonly StreamingEvent[])[];
  readonly nowMs: number;
}

async function tell(
  client: PlayheadClient,
  { sessions, nowMs }: Sent,
  positions: readonly string[],
): Promise<void> {
  const answers = await askAll(client, positions);
  const [from, to] = [nowMs - weekMs, nowMs].map((timeMs) => new Date(timeMs).toISOString());
  const range = { from: from ?? '', to: to ?? '', timeZone: 'UTC' };
  const slices = await askSlices(client, range, positions);
  const mismatches = [
    ...findMismatches(sessions.flat(), answers),
    ...findSliceMismatches(sessions, slices),
  ];
  print(...formatReports(answers, slices), '');
  if (mismatches.length > 0) {
    const shown = mismatches.slice(0, mismatchesShown).map((mismatch) => `\n  ${mismatch}`);
    throw new Error(`${String(mismatches.length)} figures are not what was sent:${shown.join('')}`);
  }
  print(
    'Checked: views, viewers, watch time, completions and buffering of every title,',
    "the week's bytes, and the figures of all sessions and of those of each title,",
    'country, device, player, site and six things more, are exactly what was sent.',
    '',
    ...formatNextSteps(client.url, answers.streams[0]?.mediaId ?? '', range),
    '',
  );
}

const print = (...lines: readonly string[]): void => {
  console.log(lines.join('\n'));
};

function fail(line: string, status: number): void {
  console.error(line);
  process.exitCode = status;
}

const words = process.argv.slice(2);
const call = createCall();
try {
  call.parse(words, { from: 'user' });
  await run(call.opts());
} catch (error) {
  if (error instanceof Interrupted) fail(error.message, failed);
  else if (!(error instanceof CommanderError)) {
    const status = error instanceof ServerLost ? error.status : failed;
    fail(`The demo failed: ${reasonOf(error)}`, status);
  } else if (error.exitCode !== 0) {
    fail(`The demo failed: ${explainUsage(error, call, words)}`, wrongUsage);
  }
}
