import { ERROR_CATALOGUE } from '../../src/domain/errors.js';
import { quotedIn, read, tableRows } from './markdown.js';

const text = read('docs/errors.md');

describe('docs/errors.md', () => {
  it('lists every code of the catalogue with its cause and remedy, and none else', () => {
    const documented = tableRows(text, 'code').map(([code, , cause, remedy]) => [
      code,
      { cause, remedy },
    ]);
    expect(documented).toEqual(
      Object.entries(ERROR_CATALOGUE).map(([code, entry]) => [`\`${code}\``, entry]),
    );
  });

  it('says of each code whether the same request may be sent again', () => {
    const rows = tableRows(text.slice(text.indexOf('## Retrying')), 'code');
    const codes = rows.flatMap(([names]) => quotedIn(names ?? ''));
    expect([...codes].sort()).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  });
});
