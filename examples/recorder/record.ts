/**
 * Plays scenarios with real players in Chromium against a server of its own, and compares the
 * server's figures with what the media elements did. It needs ffmpeg and Chromium (CHROMIUM_PATH).
 *
 * Without options it plays all and writes the tables of docs/players.md. `--few` plays those that
 * every change is tried with; where a part is missing it says so and skips them. `--sessions` plays
 * what the demo replays. Words choose scenarios and ways, such as `stall hls-cmcd`; the tables hold
 * what was measured last of each.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AUDIENCE, DEMO_FILM } from './audience.js';
import { missingParts } from './browser.js';
import { KeptResults } from './kept-results.js';
import { FILMS, type Film } from './media.js';
import type { Result } from './result.js';
import type { Scenario } from './scenario.js';
import { FEW_SCENARIOS, SCENARIOS } from './scenarios.js';
import { keepSession } from './sessions.js';
import { playAll, sittingsOf, type Sitting } from './sittings.js';
import { openStudio, type Studio } from './studio.js';
import { writeTables } from './table.js';
import { WAYS, type Way } from './ways.js';

/** Compiled to dist/examples/recorder, beside dist/src. */
const SERVER = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** Players at the same time: mostly they wait, but each decodes a picture. */
const AT_ONCE = Number(process.env.AT_ONCE ?? 5);

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { few: { type: 'boolean' }, sessions: { type: 'boolean' } },
});

async function record(): Promise<void> {
  const missing = missingParts();
  if (missing.length > 0) {
    const what = `the players were not played: no ${missing.join(', no ')}`;
    if (options.few !== true) throw new Error(what);
    console.log(`skipped: ${what}`);
    return;
  }
  const results = await (options.sessions === true ? recordSessions() : measure());
  const wrong = results.filter(({ faults }) => faults.length > 0);
  console.log(`${String(results.length)} plays, ${String(wrong.length)} of them not told rightly`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** Plays scenarios in all ways and, but for a few, writes down what was measured. */
async function measure(): Promise<readonly Result[]> {
  const scenarios = options.few === true ? FEW_SCENARIOS : SCENARIOS;
  return inStudio(FILMS, async (studio) => {
    if (options.few === true) return playSittings(studio, chosen(scenarios, WAYS));
    const kept = await KeptResults.read();
    const keep = (result: Result): void => {
      kept.keep(result);
    };
    const results = await playSittings(studio, chosen(scenarios, WAYS), keep);
    await writeTables(SCENARIOS, kept.all, studio.browser.version());
    return results;
  });
}

/** Plays what the demo replays, and keeps what was told rightly. */
async function recordSessions(): Promise<readonly Result[]> {
  const ways = WAYS.filter(({ name }) => name === 'hls-tracker');
  return inStudio([DEMO_FILM], async (studio) => {
    const results = await playSittings(studio, chosen(AUDIENCE, ways));
    for (const scenario of AUDIENCE) {
      const result = results.find((one) => one.scenario === scenario.name);
      if (result?.play === undefined || result.faults.length > 0) continue;
      await keepSession(scenario, studio.gate.bodiesOf(result.play));
    }
    return results;
  });
}

async function inStudio<Value>(
  films: readonly Film[],
  work: (studio: Studio) => Promise<Value>,
): Promise<Value> {
  const studio = await openStudio(SERVER, films);
  try {
    const value = await work(studio);
    if (studio.site.fault !== undefined) throw studio.site.fault;
    return value;
  } finally {
    await studio.close();
  }
}

function chosen(scenarios: readonly Scenario[], ways: readonly Way[]): readonly Sitting[] {
  const named = words.filter((word) => scenarios.some(({ name }) => name === word));
  const meant = words.filter((word) => ways.some(({ name }) => name === word));
  const unknown = words.filter((word) => !named.includes(word) && !meant.includes(word));
  if (unknown.length > 0) throw new Error(`no scenario and no way: ${unknown.join(', ')}`);
  return sittingsOf(
    scenarios.filter(({ name }) => named.length === 0 || named.includes(name)),
    ways.filter(({ name }) => meant.length === 0 || meant.includes(name)),
  );
}

async function playSittings(
  studio: Studio,
  sittings: readonly Sitting[],
  onResult?: (result: Result) => void,
): Promise<readonly Result[]> {
  const results = new Map<string, Result>();
  await playAll(studio, sittings, AT_ONCE, (result, isPlayedAgain) => {
    results.set(`${result.scenario} ${result.way}`, result);
    onResult?.(result);
    console.log(lineOf(result) + (isPlayedAgain ? ' (played again)' : ''));
  });
  return [...results.values()];
}

function lineOf({ scenario, way, measured, faults, isBusy }: Result): string {
  const said = isBusy ? 'busy ' : faults.length > 0 ? 'WRONG' : 'ok   ';
  return `${said} ${way.padEnd(20)} ${scenario.padEnd(11)} ${[measured, ...faults].join('; ')}`;
}

await record();
