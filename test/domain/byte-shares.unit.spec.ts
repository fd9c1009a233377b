import fc from 'fast-check';
import { bytesInMinute, type Transfer } from '../../src/domain/byte-shares.js';
import { DAY_MS, MINUTE_MS, minuteOf } from '../../src/domain/time.js';
import { NOON } from '../support/playback.js';

const noonMinute = minuteOf(NOON);

/** The shares of all minutes that a transfer may touch, and of one more on either side. */
function sharesOf(transfer: Transfer): { readonly minute: number; readonly bytes: number }[] {
  const shares = [];
  const last = minuteOf(transfer.endMs) + 1;
  for (
    let minute = minuteOf(transfer.endMs - transfer.durationMs) - 1;
    minute <= last;
    minute += 1
  ) {
    shares.push({ minute, bytes: bytesInMinute(transfer, minute) });
  }
  return shares;
}

const nonZero = (transfer: Transfer): readonly (readonly [number, number])[] =>
  sharesOf(transfer)
    .filter(({ bytes }) => bytes !== 0)
    .map(({ minute, bytes }) => [minute - noonMinute, bytes]);

const transfers = fc.record({
  bytes: fc.oneof(
    fc.nat(1_000),
    fc.maxSafeNat().map((bytes) => bytes % (2 ** 40 + 1)),
  ),
  endMs: fc.nat(DAY_MS).map((ms) => NOON + ms),
  durationMs: fc.oneof(fc.nat(MINUTE_MS), fc.nat(DAY_MS), fc.constant(DAY_MS)),
});

describe('the shares of bytes', () => {
  it('over all minutes sum exactly to the bytes, and none is negative', () => {
    fc.assert(
      fc.property(transfers, (transfer) => {
        const shares = sharesOf(transfer);
        expect(shares.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(transfer.bytes);
        expect(shares.every(({ bytes }) => Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are even: each is within a byte of what falls into its minute', () => {
    const overlapMs = ({ endMs, durationMs }: Transfer, minute: number): number => {
      const from = Math.max(minute * MINUTE_MS, endMs - durationMs);
      return Math.max(0, Math.min((minute + 1) * MINUTE_MS, endMs) - from);
    };
    fc.assert(
      fc.property(
        transfers.filter(({ durationMs }) => durationMs > 0),
        (transfer) => {
          const errors = sharesOf(transfer).map(({ minute, bytes }) => {
            const share = overlapMs(transfer, minute) / transfer.durationMs;
            return Math.abs(bytes - transfer.bytes * share);
          });
          // A byte, and what a floating-point number of 2^40 cannot tell apart.
          expect(Math.max(...errors)).toBeLessThan(1.001);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of a moment all fall into its minute', () => {
    expect(nonZero({ bytes: 7, endMs: NOON, durationMs: 0 })).toEqual([[0, 7]]);
    expect(nonZero({ bytes: 7, endMs: NOON + MINUTE_MS - 1, durationMs: 0 })).toEqual([[0, 7]]);
    expect(nonZero({ bytes: 7, endMs: NOON - 1, durationMs: 0 })).toEqual([[-1, 7]]);
  });

  it('of a transfer that ends with a minute all fall into that minute', () => {
    const transfer = { bytes: 600, endMs: NOON, durationMs: MINUTE_MS };
    expect(nonZero(transfer)).toEqual([[-1, 600]]);
  });

  it('of a transfer across minutes fall into each by its time', () => {
    const transfer = { bytes: 1_000, endMs: NOON + 30_000, durationMs: 100_000 };
    expect(nonZero(transfer)).toEqual([
      [-2, 100],
      [-1, 600],
      [0, 300],
    ]);
  });

  it('of 24 hours fall into its 1,440 minutes evenly', () => {
    const shares = sharesOf({ bytes: 2 ** 40, endMs: NOON, durationMs: DAY_MS });
    const inside = shares.filter(({ bytes }) => bytes > 0).map(({ bytes }) => bytes);
    expect(inside).toHaveLength(1_440);
    expect(Math.max(...inside) - Math.min(...inside)).toBeLessThanOrEqual(1);
  });

  it('of fewer bytes than minutes are whole all the same', () => {
    const shares = nonZero({ bytes: 3, endMs: NOON, durationMs: DAY_MS });
    expect(shares.map(([, bytes]) => bytes)).toEqual([1, 1, 1]);
  });

  it('count a byte in the minute in which it is loaded to its end', () => {
    const transfer = { bytes: 1, endMs: NOON, durationMs: 2 * MINUTE_MS };
    expect(nonZero(transfer)).toEqual([[-1, 1]]);
    expect(nonZero({ ...transfer, bytes: 3 })).toEqual([
      [-2, 1],
      [-1, 2],
    ]);
  });

  it('of nothing are nothing', () => {
    expect(nonZero({ bytes: 0, endMs: NOON, durationMs: DAY_MS })).toEqual([]);
    expect(nonZero({ bytes: 0, endMs: NOON, durationMs: 0 })).toEqual([]);
  });
});
