import { filtersOf } from '../../../src/api/graphql/figure-inputs.js';

const valuesOf = (dimension: 'MEDIA' | 'COUNTRY' | 'PAGE', ...anyOf: string[]) =>
  filtersOf([{ dimension, anyOf, exclude: false }])[0]?.anyOf;

it('takes a value that nobody has, for titles as well', () => {
  expect(valuesOf('MEDIA', '', 'x'.repeat(201))).toEqual(['', 'x'.repeat(201)]);
  expect(valuesOf('COUNTRY', '')).toEqual(['']);
});

it('looks for ids and values as they are stored', () => {
  expect(valuesOf('MEDIA', ' cafe\u0301 ', 'caf\u00e9')).toEqual(['caf\u00e9']);
  expect(valuesOf('PAGE', ' /cafe\u0301')).toEqual([' /caf\u00e9']);
});

it.each(['a\u0000', 'a\u001fb', '\ud800'])('refuses characters that no text has: %j', (value) => {
  for (const dimension of ['MEDIA', 'PAGE'] as const) {
    expect(() => valuesOf(dimension, value)).toThrow(/^filter.anyOf: must not hold control/);
  }
});
