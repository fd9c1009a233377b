/**
 * Plays an HLS ladder with hls.js in headless Chromium, in several ways, each reported to a running
 * Playhead server; checks that the reports tell what happened; and keeps them as NDJSON in
 * examples/sessions. It needs ffmpeg and Chromium (CHROMIUM_PATH), and a server (PLAYHEAD_URL).
 * Names of sessions as arguments record only those.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { compareTotals, fetchTotals } from './analytics.js';
import { startBrowser } from './browser.js';
import { findFaults, watchedSeconds, type Recording } from './checks.js';
import { makeLadder } from './ladder.js';
import { Link } from './link.js';
import { MediaServer } from './media-server.js';
import { Relay, type SentEvent } from './relay.js';
import { scenarios, type Scenario } from './scenarios.js';
import { Viewer } from './viewer.js';

const wanted = process.argv.slice(2);
const playheadUrl = process.env.PLAYHEAD_URL ?? 'http://127.0.0.1:3000';
const cacheDir = '.cache/recorder';
const sessionsDir = 'examples/sessions';

/** Players at the same time: more of them would share the processor, and stutter. */
const playersAtOnce = 2;
/** The longest session: the media lasts a minute, so that after twice that, something is stuck. */
const sessionMsMax = 150_000;

interface Studio {
  readonly browser: Browser;
  readonly origin: string;
  readonly relay: Relay;
  readonly links: ReadonlyMap<string, Link>;
}

async function main(): Promise<void> {
  await fetchTotals(playheadUrl, 'nothing').catch((cause: unknown) => {
    throw new Error(`no Playhead server at ${playheadUrl} (PLAYHEAD_URL)`, { cause });
  });
  const ladderDir = await makeLadder(cacheDir);
  const links = new Map(scenarios.map(({ name, link }) => [name, new Link(link)]));
  const relay = new Relay(playheadUrl, new Set(namesOfThoseThatLoseAnAnswer()));
  const server = new MediaServer({ ladderDir, links, relay });
  const origin = await server.listen();
  const browser = await startBrowser();
  try {
    const recordings = await recordAll({ browser, origin, relay, links }).catch(
      (error: unknown) => {
        throw server.fault ?? error; // the failure for which the pages waited in vain
      },
    );
    await mkdir(sessionsDir, { recursive: true });
    for (const { scenario, report } of recordings) await keep(scenario, report.events);
  } finally {
    await browser.close();
    server.close();
  }
}

async function recordAll(studio: Studio): Promise<Recording[]> {
  const waiting = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const recordings: Recording[] = [];
  const faults: string[] = [];
  const player = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      const before = await fetchTotals(playheadUrl, scenario.name);
      const recording = await record(studio, scenario);
      const { report } = recording;
      const after = await fetchTotals(playheadUrl, scenario.name, report.position);
      const found = [...findFaults(recording), ...compareTotals(scenario, report, before, after)];
      console.log(describe(recording, found));
      faults.push(...found.map((fault) => `${recording.scenario.name}: ${fault}`));
      recordings.push(recording);
    }
  };
  await Promise.all(Array.from({ length: playersAtOnce }, player));
  if (faults.length > 0) {
    throw new Error(`the reports are not what happened:\n  ${faults.join('\n  ')}`);
  }
  return recordings;
}

async function record(studio: Studio, scenario: Scenario): Promise<Recording> {
  const { browser, origin, relay, links } = studio;
  const link = links.get(scenario.name);
  if (link === undefined) throw new Error(`${scenario.name} has no link`);
  const viewer = await Viewer.sitDown(browser, origin, scenario);
  await Promise.all([scenario.act?.(viewer), relay.ended(scenario.name, sessionMsMax)]);
  const playback = await viewer.playback();
  await viewer.close();
  return { scenario, report: relay.report(scenario.name), link, playback };
}

function describe({ scenario, report }: Recording, faults: readonly string[]): string {
  const stalls = report.events.filter(({ eventType }) => eventType === 'REBUFFER_START').length;
  const megabytes = report.events.reduce((all, event) => all + (event.bytesLoaded ?? 0), 0) / 1e6;
  const qualities = report.events
    .filter(({ eventType }) => ['SESSION_START', 'QUALITY_CHANGED'].includes(eventType))
    .map(({ quality }) => quality);
  return [
    faults.length === 0 ? 'ok    ' : 'WRONG ',
    `${scenario.name}: ${scenario.says}\n       `,
    `${String(report.events.length)} events, `,
    `${watchedSeconds(report.events).toFixed(1)} s watched, `,
    `${megabytes.toFixed(1)} MB, ${String(stalls)} stalls, ${qualities.join(' > ')}, `,
    String(report.events.at(-1)?.endReason),
    ...faults.map((fault) => `\n       ${fault}`),
  ].join('');
}

/** Writes one event a line, exactly as sent; `sentAt` belongs to the sending, not to the event. */
async function keep({ name }: Scenario, events: readonly SentEvent[]): Promise<void> {
  const lines = events.map((event) =>
    JSON.stringify({
      mediaId: event.mediaId,
      eventType: event.eventType,
      eventId: event.eventId,
      sessionId: event.sessionId,
      userId: event.userId,
      quality: event.quality,
      duration: event.duration,
      bytesLoaded: event.bytesLoaded,
      occurredAt: event.occurredAt,
      endReason: event.endReason,
    }),
  );
  await writeFile(join(sessionsDir, `${name}.ndjson`), `${lines.join('\n')}\n`);
}

function namesOfThoseThatLoseAnAnswer(): string[] {
  return scenarios.filter(({ losesFirstAnswer }) => losesFirstAnswer).map(({ name }) => name);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
