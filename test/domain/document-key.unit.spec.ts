import fc from 'fast-check';
import {
  asNumber,
  asOneOf,
  asText,
  DocumentKind,
  KEY_SEPARATOR,
} from '../../src/domain/document-key.js';
import { compareUtf8 } from '../../src/domain/text.js';

/** What the API lets pass as an id. */
const ids = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .map((text) => text.toWellFormed().replaceAll(/\p{Cc}/gu, 'x'));
const numbers = fc.nat(999_999_999);

const IDS = new DocumentKind<object, [string, string, number]>('kind', [asText, asText, asNumber]);
const KIND = new DocumentKind<object, [string, number]>('kind', [asText, asNumber]);

describe('a document key', () => {
  it('gives back its parts', () => {
    fc.assert(
      fc.property(ids, ids, numbers, (a, b, n) => {
        const key = IDS.key(a, b, n);
        const parts = ['kind', a, b, String(n).padStart(9, '0')];
        expect(key).toBe(parts.join(KEY_SEPARATOR));
        expect(IDS.parts(key)).toEqual([a, b, n]);
      }),
    );
  });

  it('is known by its kind, and holds only the names that its kind has', () => {
    const buckets = new DocumentKind<object, ['hour' | 'day']>('bucket', [
      asOneOf(['hour', 'day']),
    ]);
    expect(buckets.has(buckets.key('day'))).toBe(true);
    expect(buckets.has(KIND.key('day', 1))).toBe(false);
    expect(buckets.parts(buckets.key('day'))).toEqual(['day']);
    expect(() => buckets.parts(`bucket${KEY_SEPARATOR}week`)).toThrow(
      'a key holds none of hour,day',
    );
  });

  it('orders numbers as numbers', () => {
    fc.assert(
      fc.property(ids, numbers, numbers, (id, a, b) => {
        const order = compareUtf8(KIND.key(id, a), KIND.key(id, b));
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  it('orders ids by their UTF-8 bytes, whatever follows them', () => {
    fc.assert(
      fc.property(ids, ids, numbers, numbers, (a, b, m, n) => {
        fc.pre(a !== b);
        const order = compareUtf8(KIND.key(a, m), KIND.key(b, n));
        expect(Math.sign(order)).toBe(Math.sign(compareUtf8(a, b)));
      }),
    );
  });

  it('of an id that another one begins with is not within its range', () => {
    const last = KIND.key('a', 999_999_999);
    expect(compareUtf8(KIND.key('ab', 0), last)).toBeGreaterThan(0);
  });
});
