import { readFileSync } from 'node:fs';

/** The colours of the styles, each as it is in light and in dark. */
const COLOURS = new Map(
  [
    ...readFileSync('dashboard/style/base.css', 'utf8').matchAll(
      /--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g,
    ),
  ].map(([, name = '', light = '', dark = '']) => [name, { light, dark }] as const),
);

const LINES = ['line-1', 'line-2', 'line-3', 'line-4', 'line-5'];
const TEXTS = ['text', 'muted', 'accent', 'good', 'bad', 'warn'];
const GROUNDS = ['ground', 'surface', 'raised', 'wash'];
/** What stands upon what, and by how much it has to stand out. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground, 4.5] as const)),
  ['warn', 'warn-wash', 4.5],
  ['on-accent', 'accent', 4.5],
  // The hint is the other way round, and numbers stand upon the lines that they name.
  ['surface', 'text', 4.5],
  ...LINES.map((line) => ['surface', line, 4.5] as const),
  ...[...LINES, 'before', 'edge', 'accent', 'bad'].map((mark) => [mark, 'surface', 3] as const),
  ['accent', 'ground', 3],
];

/** The relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

it('knows black from white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
});

it.each(['light', 'dark'] as const)('texts and marks stand out from their ground: %s', (scheme) => {
  const short = PAIRS.flatMap(([front, back, least]) => {
    const [one = '', other = ''] = [front, back].map((name) => COLOURS.get(name)?.[scheme]);
    const found = contrast(one, other);
    return found >= least ? [] : [`${front} on ${back}: ${found.toFixed(2)} of ${String(least)}`];
  });
  expect(short).toEqual([]);
});
