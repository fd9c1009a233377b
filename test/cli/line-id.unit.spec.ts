import { createHash } from 'node:crypto';
import { lineIdOf } from '../../src/cli/line-id.js';
import { Ordinals } from '../../src/cli/ordinals.js';
import { SeededRandom } from '../support/random.js';

const view = { mediaId: 'm', eventType: 'SESSION_START', occurredAt: '2025-01-01T00:00:00Z' };
const idsOf = (...events: readonly object[]): readonly string[] => {
  const ordinals = new Ordinals();
  return events.map((event) => lineIdOf({ ...event }, ordinals));
};
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('the id of a line', () => {
  it('is what it was in every release: another would count everything again', () => {
    expect(idsOf(view, view)).toEqual([
      'eCWuECKJTr47KGpFDMFYwzioEgnGvadXZARSuBYylZg-1',
      'eCWuECKJTr47KGpFDMFYwzioEgnGvadXZARSuBYylZg-2',
    ]);
  });

  it('is that of its members, whatever their order, and whatever is left unset', () => {
    const { occurredAt, ...rest } = view;
    const [first = '', ...others] = idsOf(
      view,
      { occurredAt, ...rest },
      { ...view, eventId: null, quality: null },
      { ...view, userId: '' },
    );
    const digest = first.slice(0, -2);
    expect(others).toEqual([`${digest}-2`, `${digest}-3`, `${digest}-4`]);
  });

  it('differs with any member', () => {
    const others = [{ mediaId: 'n' }, { duration: 1 }, { duration: '1' }, { quality: 'null' }];
    const ids = idsOf(view, ...others.map((other) => ({ ...view, ...other })));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[\w-]{43}-1$/.test(id))).toBe(true);
  });
});

describe('ordinals', () => {
  it('count each digest by itself, as a map of all of them would', () => {
    const random = new SeededRandom(17);
    const ordinals = new Ordinals();
    const counts = new Map<number, number>();
    let wrong = 0;
    for (let i = 0; i < 200_000; i += 1) {
      const which = Math.floor(50_000 * random.next() ** 3);
      const count = (counts.get(which) ?? 0) + 1;
      counts.set(which, count);
      if (ordinals.next(digestOf(String(which))) !== count) wrong += 1;
    }
    expect(counts.size).toBeGreaterThan(20_000);
    expect(wrong).toBe(0);
  });

  it('tell digests apart that share their place', () => {
    const ordinals = new Ordinals();
    const digests = Array.from({ length: 1_000 }, (_, i) => {
      const digest = Buffer.alloc(32);
      digest.writeUInt32LE(0xffff_ffff, 4);
      digest.writeUInt32LE(i, 8);
      return digest;
    });
    for (const ordinal of [1, 2, 3]) {
      expect(new Set(digests.map((digest) => ordinals.next(digest)))).toEqual(new Set([ordinal]));
    }
  });

  it('take less than 18 bytes for each of many digests', () => {
    const ordinals = new Ordinals();
    const digest = Buffer.alloc(32);
    const random = new SeededRandom(18);
    for (const count of [400_000, 500_000, 600_000]) {
      for (let i = ordinals.bytes === 0 ? 0 : count - 100_000; i < count; i += 1) {
        for (let at = 0; at < 12; at += 4)
          digest.writeUInt32LE(Math.floor(2 ** 32 * random.next()), at);
        ordinals.next(digest);
      }
      expect(ordinals.bytes / count).toBeLessThan(18);
    }
  });
});
