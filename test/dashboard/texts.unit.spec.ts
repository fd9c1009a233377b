import { readdirSync, readFileSync } from 'node:fs';
import { dashboardTypes } from '../../scripts/dashboard-types.js';
import { waysToSend } from '../../dashboard/pages/first-lines.js';
import {
  DELIVERY_FORMULAS,
  INGEST_FORMULAS,
  LIVE_FORMULAS,
  PROJECTION_FORMULAS,
  RETENTION_FORMULAS,
} from '../../dashboard/formulas.js';
import { FORMULAS } from '../../dashboard/texts.js';

// They name what knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { LATER_WORDS } = await load<{ readonly LATER_WORDS: Readonly<Record<string, string>> }>(
  '../../dashboard/texts-later.js',
);
const { ORDER_NAMES, STATUS_NAMES, SYSTEM_TERMS } = await load<{
  readonly ORDER_NAMES: Readonly<Record<string, string>>;
  readonly STATUS_NAMES: Readonly<Record<string, string>>;
  readonly SYSTEM_TERMS: readonly (readonly [string, string])[];
}>('../../dashboard/texts-system.js');

const read = (path: string): string => readFileSync(path, 'utf8');

/** The formulas of one section of docs/metrics.md by their fields, without marks and links. */
function formulasIn(section: string): ReadonlyMap<string, string> {
  const [, after = ''] = read('docs/metrics.md').split(`\n## ${section}\n`);
  const [text = ''] = after.split('\n## ');
  return new Map(
    [...text.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm)]
      // Further down, fields of other answers have the same names.
      .toReversed()
      .map(([, field = '', formula = '']) => [
        field,
        formula.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', ''),
      ]),
  );
}

it('the types are those of schema.gql', () => {
  expect(read('dashboard/api/schema.ts')).toBe(dashboardTypes(read('schema.gql')));
});

it.each([
  ['`figures`, `timeSeries`, `breakdown` and `retention`', FORMULAS],
  ['`figures`, `timeSeries`, `breakdown` and `retention`', RETENTION_FORMULAS],
  ['`delivery`', DELIVERY_FORMULAS],
  ['`live`', LIVE_FORMULAS],
  ['`projections`', PROJECTION_FORMULAS],
  ['`ingest`', INGEST_FORMULAS],
])('formulas are those of docs/metrics.md: %s', (section, formulas) => {
  const documented = formulasIn(section);
  expect(documented.size).toBeGreaterThan(3);
  for (const [field, formula] of Object.entries(formulas)) {
    expect([field, formula]).toEqual([field, documented.get(field)]);
  }
});

it('the words of the page of read models are explained on it', () => {
  const { rebuild, verify, rollBack } = ORDER_NAMES;
  const { parked, generation, version } = LATER_WORDS;
  const explained = SYSTEM_TERMS.map(([term]) => term);
  expect(explained).toEqual(
    expect.arrayContaining([rebuild, verify, rollBack, parked, generation, version]),
  );
  expect(explained).toContain(STATUS_NAMES.lagSeconds);
});

it('the ways to send a first event are those of docs/players.md', () => {
  const origin = 'https://stats.example';
  const documented = read('docs/players.md');
  const [, hls, dash, shaka] = waysToSend(origin);
  for (const way of [hls, dash, shaka]) expect(documented).toContain(way?.lines);
  expect(documented).toContain(
    '<script src="https://stats.example/playhead.js" data-key="INGEST_KEY" defer></script>',
  );
  for (const { lines } of waysToSend('http://127.0.0.1:1')) expect(lines).not.toContain('stats');
});

it('formulas lead to places that are there', () => {
  const page = read('dist/dashboard/metrics.html');
  const sections = readdirSync('dashboard', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => [...read(`dashboard/${name}`).matchAll(/'(#[a-z][a-z-]+)'/g)])
    .map(([, section = '']) => section.slice(1));
  expect(sections.length).toBeGreaterThan(4);
  for (const section of sections) expect(page).toContain(` id="${section}"`);
  for (const field of Object.keys(FORMULAS)) {
    expect(page).toContain(`<tr id="figures-timeseries-breakdown-and-retention.${field}">`);
  }
  for (const field of Object.keys(DELIVERY_FORMULAS)) {
    expect(page).toContain(`<tr id="delivery.${field}">`);
  }
  for (const field of Object.keys(LIVE_FORMULAS)) expect(page).toContain(`<tr id="live.${field}">`);
  expect(page).not.toMatch(/<script|style=|href="(?!#|https:|data:,|\/dashboard\/)/);
});

/** Words between tags, or in the attributes that are read out. */
const WORDS_IN_MARKUP = new RegExp(
  String.raw`(?:\b(?:title|label|aria-label|placeholder|alt)="|>)\s*` +
    String.raw`([A-Z][^<>{}"=]*[a-z]{2,}[^<>{}"=]*)["<]`,
  'g',
);

it('no component has words of its own', () => {
  const found = readdirSync('dashboard', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tsx'))
    .flatMap((name) =>
      [...read(`dashboard/${name}`).matchAll(WORDS_IN_MARKUP)].map(
        ([, words = '']) => `${name}: ${words}`,
      ),
    );
  expect(found).toEqual([]);
});
