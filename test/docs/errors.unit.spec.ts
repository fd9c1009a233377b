import { DEPTH_MAX, TOKENS_MAX } from '../../src/api/graphql/document-limits.js';
import { HTTP_STATUS } from '../../src/api/http/http-status.js';
import {
  ARRIVING_BYTES_MAX,
  WAITING_BYTES_MAX,
  WAITING_EVENTS_MAX,
} from '../../src/api/limits/admission.js';
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

  it('states the HTTP status of each', () => {
    const documented = tableRows(text, 'code').map(([code, status]) => [code, Number(status)]);
    expect(documented).toEqual(
      Object.entries(HTTP_STATUS).map(([code, status]) => [`\`${code}\``, status]),
    );
  });

  it('states the limits of documents and of what waits', () => {
    const limits = text.slice(text.indexOf('## Limits'), text.indexOf('## Batches'));
    const stated = [...limits.matchAll(/\d[\d,]*/g)].map(([number]) =>
      Number(number.replaceAll(',', '')),
    );
    expect(stated).toEqual(
      expect.arrayContaining([
        TOKENS_MAX,
        DEPTH_MAX,
        WAITING_EVENTS_MAX,
        WAITING_BYTES_MAX / 2 ** 20,
        ARRIVING_BYTES_MAX / 2 ** 20,
      ]),
    );
  });

  it('says of each code whether the same request may be sent again', () => {
    const rows = tableRows(text.slice(text.indexOf('## Retrying')), 'code');
    const codes = rows.flatMap(([names]) => quotedIn(names ?? ''));
    expect([...codes].sort()).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  });
});
