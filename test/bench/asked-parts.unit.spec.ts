import { askedParts } from '../../bench/asked-parts.js';

const KNOWN = ['embedded', 'live'];

test.each([
  [[], KNOWN],
  [['--write'], KNOWN],
  [['live'], ['live']],
  [['live', '--write', 'embedded', 'live'], KNOWN],
])('a run that is asked %j measures %j', (words, parts) => {
  expect(askedParts(words, KNOWN)).toEqual({ parts });
});

test.each(['lives', '--writ', 'Live'])('a run that is asked for %s is refused', (word) => {
  expect(askedParts(['live', word], KNOWN)).toMatchObject({
    isRefused: true,
    say: expect.stringMatching(
      new RegExp(`^not known: ${word}\\n[^]*embedded, live\\.\\n`),
    ) as string,
  });
});

test('help names the parts, whatever else is asked', () => {
  for (const words of [['--help'], ['lives', '-h']]) {
    const say = expect.stringContaining('those that are named: embedded, live.') as string;
    expect(askedParts(words, KNOWN)).toEqual({ isRefused: false, say });
  }
});
