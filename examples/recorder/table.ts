import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import type { Result } from './result.js';
import type { Scenario } from './scenario.js';
import { PLAYER_NAMES, WAYS, type Way } from './ways.js';

const DOCUMENT = 'docs/players.md';
const BEGIN = '<!-- measured: npm run record -->';
const END = '<!-- /measured -->';
const PACKAGES = { 'hls.js': 'hls.js', 'dash.js': 'dashjs', Shaka: 'shaka-player' };
const NOT_PLAYED = '–';

/** Writes what was measured into the document, between its marks. */
export async function writeTables(
  scenarios: readonly Scenario[],
  results: readonly Result[],
  chromium: string,
): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`no marks in ${DOCUMENT}`);
  const today = new Date().toISOString().slice(0, 10);
  const tables = [
    `Measured on ${today} with ${await versions()} in Chromium ${chromium}.`,
    '**By CMCD alone**',
    tableOf(scenarios, results, 'cmcd'),
    '**By the tracker**',
    tableOf(scenarios, results, 'tracker'),
  ].join('\n\n');
  const written = `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`;
  const options = { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT };
  await writeFile(DOCUMENT, await format(written, options));
}

function tableOf(
  scenarios: readonly Scenario[],
  results: readonly Result[],
  by: Way['by'],
): string {
  const ways = WAYS.filter((way) => way.by === by);
  const shown = scenarios.filter(({ isFor }) => ways.some((way) => isFor?.(way) ?? true));
  const rows = [
    ['', ...ways.map(({ player }) => PLAYER_NAMES[player])],
    ['-', ...ways.map(() => '-')],
    ...shown.map((scenario) => [
      `${scenario.name}: ${scenario.says}`,
      ...ways.map((way) => cellOf(results, scenario.name, way.name)),
    ]),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellOf(results: readonly Result[], scenario: string, way: string): string {
  const result = results.find((one) => one.scenario === scenario && one.way === way);
  if (result === undefined) return NOT_PLAYED;
  const busy = result.isBusy ? ' (on a busy machine)' : '';
  const faults = result.faults.map((fault) => `; **${fault}**`).join('');
  return `${result.measured}${faults}${busy}`;
}

async function versions(): Promise<string> {
  const named = Object.entries(PACKAGES).map(async ([name, folder]) => {
    const text = await readFile(`node_modules/${folder}/package.json`, 'utf8');
    const { version } = JSON.parse(text) as { readonly version: string };
    return `${name} ${version}`;
  });
  return (await Promise.all(named)).join(', ');
}
