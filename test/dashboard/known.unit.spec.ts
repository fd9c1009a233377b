import { AskError } from '../../dashboard/api/ask.js';

// It knows of a document, which the types of tests do not.
const load = async <Module>(path: string): Promise<Module> => (await import(path)) as Module;
const { partsAgain } = await load<{
  readonly partsAgain: (known: object) => Readonly<Record<string, string>>;
}>('../../dashboard/api/known.js');

const PARTS = {
  server: 'server { version }',
  figures: 'figures(range: $range, filter: $filter) { sampled }',
  month: 'delivery(range: $month, interval: DAY) { bytes }',
  live: 'live(filter: $filter) { viewers }',
};
const again = (to: string, monthTo: string, errors = {}): readonly string[] =>
  Object.keys(
    partsAgain({
      question: { parts: PARTS, variables: { range: { to }, month: { to: monthTo } } },
      data: { freshness: { asOf: '2026-11-29T12:00:00Z' } },
      errors,
    }),
  );

describe('what may have another answer by now', () => {
  const [before, after] = ['2026-11-21T00:00:00Z', '2026-12-01T00:00:00Z'];

  it('is all while the range goes on', () => {
    expect(again(after, after)).toEqual(Object.keys(PARTS));
  });

  it('is who watches where it is over, and the month as long as that goes on', () => {
    expect(again(before, after)).toEqual(['month', 'live']);
    expect(again(before, before)).toEqual(['live']);
  });

  it('is all where it was not answered, for what passes', () => {
    const errors = { figures: new AskError('OVERLOADED', '') };
    expect(again(before, before, errors)).toEqual(Object.keys(PARTS));
  });
});
