import fc from 'fast-check';
import { documentKey, partsOf } from '../../src/domain/document-key.js';
import { compareUtf8 } from '../../src/domain/text.js';

/** What the API lets pass as an id. */
const ids = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .map((text) => text.toWellFormed().replaceAll(/\p{Cc}/gu, 'x'));
const numbers = fc.nat(999_999_999);

describe('a document key', () => {
  it('gives back its parts', () => {
    fc.assert(
      fc.property(ids, ids, numbers, (a, b, n) => {
        const parts = partsOf(documentKey('kind', a, b, n));
        expect(parts).toEqual(['kind', a, b, String(n).padStart(9, '0')]);
      }),
    );
  });

  it('orders numbers as numbers', () => {
    fc.assert(
      fc.property(ids, numbers, numbers, (id, a, b) => {
        const order = compareUtf8(documentKey('kind', id, a), documentKey('kind', id, b));
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  it('orders ids by their UTF-8 bytes, whatever follows them', () => {
    fc.assert(
      fc.property(ids, ids, numbers, numbers, (a, b, m, n) => {
        fc.pre(a !== b);
        const order = compareUtf8(documentKey('kind', a, m), documentKey('kind', b, n));
        expect(Math.sign(order)).toBe(Math.sign(compareUtf8(a, b)));
      }),
    );
  });

  it('of an id that another one begins with is not within its range', () => {
    const last = documentKey('kind', 'a', 999_999_999);
    expect(compareUtf8(documentKey('kind', 'ab', 0), last)).toBeGreaterThan(0);
  });
});
