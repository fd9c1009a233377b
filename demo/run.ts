/**
 * `npm run demo`: starts a server in a temporary folder, sends it a week's audience made of
 * recorded sessions, prints what it says of them, and stays up until Ctrl-C (with `--exit`: ends by
 * itself). With `--server URL` it plays to an empty server that is there already.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { planAudience } from './audience.js';
import { catalogue } from './catalogue.js';
import { PlayheadClient } from './client.js';
import { formatNextSteps } from './next-steps.js';
import { findMismatches } from './proof.js';
import { askAll } from './questions.js';
import { readRecordings, type StreamingEvent } from './recordings.js';
import { replay } from './replay.js';
import { formatReports } from './reports.js';
import { registerCatalogue, sendSessions } from './send.js';
import { ServerLost, startServer, type DemoServer } from './server.js';
import { formatCount, formatDecimals } from './table.js';

/** Compiled to dist/demo, beside dist/src. */
const serverEntry = fileURLToPath(new URL('../src/main.js', import.meta.url));
const sessionsDir = fileURLToPath(new URL('../../examples/sessions', import.meta.url));

/** The same audience each time; only its times move along. */
const seed = 20_240;
const mismatchesShown = 10;

async function run(stayUp: boolean): Promise<void> {
  const interruption = new AbortController();
  // A terminal's Ctrl-C and npm may both tell us: the first one counts, no later one kills.
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(event, () => {
      interruption.abort();
    });
  }
  process.stdout.on('error', () => {
    interruption.abort(); // whoever reads us has seen enough
  });
  const given = givenServer();
  if (given !== undefined) {
    await show(new PlayheadClient(given, interruption.signal));
    return;
  }
  const server = await startServer(serverEntry, process.env.PORT);
  const lost = server.lost.then((error) => {
    throw error;
  });
  try {
    await Promise.race([demonstrate(server, stayUp, interruption.signal), lost]);
  } finally {
    await server.stop();
  }
}

async function demonstrate(server: DemoServer, stayUp: boolean, signal: AbortSignal) {
  try {
    await show(new PlayheadClient(server.url, signal));
    if (!stayUp) return;
    signal.throwIfAborted();
    print(
      `The server stays up at ${server.url}, its data in ${server.dataDir}.`,
      'Ctrl-C to stop.',
    );
    await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function show(client: PlayheadClient): Promise<void> {
  const sessions = planAudience({
    seed,
    nowMs: Date.now(),
    recordings: await readRecordings(sessionsDir),
  }).map(replay);
  const events = sessions.flat();
  const viewers = new Set(events.flatMap(({ userId }) => userId ?? []));
  print(
    `Playhead runs at ${client.url}`,
    `Audience: ${String(catalogue.length)} titles, ${formatCount(viewers.size)} viewers, ` +
      `${formatCount(sessions.length)} sessions over the last 7 days,`,
    '  replayed from sessions that hls.js really played (examples/sessions)',
  );
  await registerCatalogue(client);
  const beganMs = performance.now();
  const positions = await sendSessions(client, sessions);
  const seconds = (performance.now() - beganMs) / 1000;
  print(
    `Sent ${formatCount(events.length)} events in ${formatDecimals(seconds, 1)} s: ` +
      `${formatCount(Math.round(events.length / seconds))} a second, on disk when acknowledged.`,
    '',
  );
  await tell(client, events, positions);
}

async function tell(
  client: PlayheadClient,
  events: readonly StreamingEvent[],
  positions: readonly string[],
): Promise<void> {
  const answers = await askAll(client, positions);
  const mismatches = findMismatches(events, answers);
  print(...formatReports(answers), '');
  if (mismatches.length > 0) {
    const shown = mismatches.slice(0, mismatchesShown).map((mismatch) => `\n  ${mismatch}`);
    throw new Error(`${String(mismatches.length)} figures are not what was sent:${shown.join('')}`);
  }
  print(
    'Checked: views, viewers, watch time, completions and buffering of every title, and the',
    "week's bytes, are exactly what was sent.",
    '',
    ...formatNextSteps(client.url, answers.streams[0]?.mediaId ?? ''),
    '',
  );
}

/** The URL after `--server`. */
function givenServer(): string | undefined {
  const place = process.argv.indexOf('--server');
  return place < 0 ? undefined : (process.argv[place + 1] ?? '').replace(/\/$/, '');
}

const print = (...lines: readonly string[]): void => {
  console.log(lines.join('\n'));
};

const stayUp = !process.argv.includes('--exit');
await run(stayUp).catch((error: unknown) => {
  console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof ServerLost ? error.status : 1;
});
