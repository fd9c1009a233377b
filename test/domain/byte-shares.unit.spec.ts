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
    fc.nat(1_000).map((less) => 2 ** 40 - less),
  ),
  endMs: fc.oneof(
    fc.nat(DAY_MS).map((ms) => NOON + ms),
    fc.nat(1_440).map((minutes) => NOON + minutes * MINUTE_MS),
  ),
  durationMs: fc.oneof(
    fc.nat(MINUTE_MS),
    fc.nat(DAY_MS),
    fc.nat(1_440).map((minutes) => minutes * MINUTE_MS),
    fc.constantFrom(DAY_MS - 1, DAY_MS),
  ),
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

  it('are the differences of exact floors, however large the products', () => {
    const until = ({ bytes, endMs, durationMs }: Transfer, timeMs: number): bigint => {
      const elapsedMs = Math.min(Math.max(0, timeMs - (endMs - durationMs)), durationMs);
      return (BigInt(bytes) * BigInt(elapsedMs)) / BigInt(durationMs);
    };
    fc.assert(
      fc.property(
        transfers.filter(({ durationMs }) => durationMs > 0),
        (transfer) => {
          for (const { minute, bytes } of sharesOf(transfer)) {
            const from = minute * MINUTE_MS;
            const share = until(transfer, from + MINUTE_MS) - until(transfer, from);
            if (BigInt(bytes) !== share)
              throw new Error(`${String(bytes)} is not ${String(share)}`);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of a byte a minute are one in every minute', () => {
    const minutes = 49;
    const endMs = NOON + 48 * MINUTE_MS;
    const shares = nonZero({ bytes: minutes, endMs, durationMs: minutes * MINUTE_MS });
    expect(shares).toEqual(Array.from({ length: minutes }, (_, i) => [i - 1, 1]));
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
