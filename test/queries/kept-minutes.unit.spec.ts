import { hourOf, MINUTE_MS, MINUTES_PER_HOUR, minuteOf, SECOND_MS } from '../../src/domain/time.js';
import type { SliceFilter } from '../../src/ports/read-model/slices.js';
import type { DayMinutes } from '../../src/queries/live/day-minutes.js';
import { KeptMinutes } from '../../src/queries/live/kept-minutes.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

const ofCountry = (country: string): readonly SliceFilter[] => [
  { dimension: 'COUNTRY', anyOf: [country], exclude: false },
];
const GERMAN = ofCountry('DE');
const FIRST = hourOf(NOON) * MINUTES_PER_HOUR - 25 * MINUTES_PER_HOUR;

/** A count that is under way, to be ended as the test says. */
interface PendingCount {
  readonly filters: readonly SliceFilter[];
  readonly at: number;
  /** What the count finds in every minute. */
  end(sessions: number): Promise<void>;
  fail(error: Error): Promise<void>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('minutes of filters', () => {
  let counts: PendingCount[] = [];
  let nowMs = 0;
  let identity = 'first';
  let kept = newKept();
  beforeEach(() => {
    counts = [];
    nowMs = 0;
    identity = 'first';
    kept = newKept();
  });

  function newKept(): KeptMinutes {
    const count = (filters: readonly SliceFilter[], at: number): Promise<DayMinutes> =>
      new Promise((resolve, reject) => {
        counts.push({
          ...{ filters, at },
          end: (sessions) => {
            const all = new Array<number>(minuteOf(at) - FIRST + 1).fill(sessions);
            resolve({ first: FIRST, sessions: all, sampled: 1 });
            return turn();
          },
          fail: (error) => {
            reject(error);
            return turn();
          },
        });
      });
    return new KeptMinutes(count, () => nowMs);
  }

  /** A look that sees the same number of sessions in each of the latest three minutes. */
  const look = (at: number, seen: number, filters = GERMAN, readAfter?: number) =>
    kept.of(filters, { at, identity, sessions: [seen, seen, seen] }, termsAfter(readAfter));
  /** The last minutes up to a moment. */
  const lastOf = ({ first, sessions }: DayMinutes, at: number, count: number) =>
    sessions.slice(minuteOf(at) - first - count + 1, minuteOf(at) - first + 1);

  /** Asks for the first time. */
  async function counted(filters = GERMAN, at = NOON): Promise<void> {
    const asked = look(at, 1, filters);
    await counts.at(-1)?.end(1);
    await asked;
  }

  it('are counted once, and then grow by what looks see', async () => {
    await counted();
    for (let minutes = 1; minutes < 10; minutes += 1) await look(NOON + minutes * MINUTE_MS, 7);
    const at = NOON + 10 * MINUTE_MS;
    expect(lastOf(await look(at, 9), at, 14)).toEqual([1, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 9, 9, 9]);
    // Two counts: the first, and one anew, which nobody ended.
    expect(counts).toHaveLength(2);
  });

  it('are counted anew of another generation, and a count of the one before is not kept', async () => {
    await counted();
    const before = look(NOON + 5 * MINUTE_MS, 7);
    identity = 'second';
    const at = NOON + 6 * MINUTE_MS;
    const after = look(at, 3);
    await counts[2]?.end(2);
    expect(lastOf(await after, at, 4)).toEqual([2, 3, 3, 3]);
    await counts[1]?.end(9);
    expect(lastOf(await before, NOON + 5 * MINUTE_MS, 4)).toEqual([9, 7, 7, 7]);
    expect(lastOf(await look(at, 3), at, 4)).toEqual([2, 3, 3, 3]);
    expect(counts).toHaveLength(3);
  });

  it('lack nothing for a look at an earlier moment, and lose nothing to it', async () => {
    await counted();
    const later = NOON + 2 * MINUTE_MS;
    await look(later, 8);
    await counts[1]?.end(2);
    for (let i = 0; i < 3; i += 1) {
      const earlier = later - (50 + i) * SECOND_MS;
      expect(lastOf(await look(earlier, 3), earlier, 4)).toEqual([2, 3, 3, 3]);
      nowMs += MINUTE_MS;
      await turn();
    }
    expect(counts).toHaveLength(2);
    const next = later + 2 * MINUTE_MS;
    expect(lastOf(await look(next, 9), next, 5)).toEqual([2, 8, 9, 9, 9]);
  });

  it('lack nothing for a look that began before the first count was over', async () => {
    const early = look(NOON - MINUTE_MS, 3);
    const late = look(NOON, 4);
    await Promise.all(counts.map((count) => count.end(1)));
    expect(lastOf(await early, NOON - MINUTE_MS, 4)).toEqual([1, 3, 3, 3]);
    expect(lastOf(await late, NOON, 4)).toEqual([1, 4, 4, 4]);
    const begun = counts.length;
    const again = await look(NOON - MINUTE_MS, 3);
    expect(lastOf(again, NOON - MINUTE_MS, 4)).toEqual([1, 3, 3, 3]);
    const day = await look(NOON + MINUTE_MS, 5);
    expect(lastOf(day, NOON + MINUTE_MS, 5)).toEqual([3, 4, 5, 5, 5]);
    expect(counts).toHaveLength(begun);
  });

  it('are counted again where no look saw some of them', async () => {
    await counted();
    const at = NOON + 3 * MINUTE_MS;
    const asked = look(at, 6);
    expect(counts).toHaveLength(2);
    await counts[1]?.end(5);
    expect(lastOf(await asked, at, 5)).toEqual([5, 5, 6, 6, 6]);
  });

  it('are counted again for who asks for a later state', async () => {
    await counted();
    const asked = look(NOON, 1, GERMAN, 5);
    expect(counts).toHaveLength(2);
    await counts[1]?.end(4);
    expect(lastOf(await asked, NOON, 4)).toEqual([4, 1, 1, 1]);
    await look(NOON, 1, GERMAN, 4);
    expect(counts).toHaveLength(2);
  });

  it('are counted by one for all who ask meanwhile', async () => {
    const asked = [look(NOON, 1), look(NOON + SECOND_MS, 1), look(NOON, 1)];
    expect(counts).toHaveLength(1);
    await counts[0]?.end(1);
    await Promise.all(asked);
  });

  it('are counted anew one at a time, the oldest first, and no look waits', async () => {
    for (const [i, country] of ['A', 'B', 'C'].entries()) {
      await counted(ofCountry(country), NOON + i);
    }
    const later = NOON + MINUTE_MS + 2;
    const lookAtAll = async (): Promise<void> => {
      for (const country of ['C', 'B', 'A']) await look(later, 1, ofCountry(country));
    };
    await lookAtAll();
    await lookAtAll();
    const anew = () => counts.slice(3).map(({ filters }) => filters);
    expect(anew()).toEqual([ofCountry('A')]);
    nowMs += 100;
    await counts[3]?.end(2);
    nowMs += 20 * 100 - 1;
    await lookAtAll();
    expect(anew()).toHaveLength(1);
    nowMs += 1;
    await lookAtAll();
    expect(anew()).toEqual([ofCountry('A'), ofCountry('B')]);
  });

  it('take what came late from a count, but no minute that a look saw since', async () => {
    await counted();
    const begun = NOON + MINUTE_MS;
    await look(begun, 1);
    await look(begun + MINUTE_MS, 6);
    await look(begun + 2 * MINUTE_MS, 7);
    await counts[1]?.end(2);
    const at = begun + 2 * MINUTE_MS + 1;
    expect(lastOf(await look(at, 7), at, 6)).toEqual([2, 2, 6, 7, 7, 7]);
  });

  it('are kept for ten minutes if counting fails; then whoever asks is told', async () => {
    await counted();
    const failure = new Error('the store is away');
    for (let minutes = 1; minutes <= 10; minutes += 1) {
      await look(NOON + minutes * MINUTE_MS, 1);
      expect(counts).toHaveLength(1 + minutes);
      await counts.at(-1)?.fail(failure);
    }
    const asked = look(NOON + 11 * MINUTE_MS, 1);
    void counts.at(-1)?.fail(failure);
    await expect(asked).rejects.toBe(failure);
  });

  it('are forgotten when the clock was set back', async () => {
    await counted();
    const asked = look(NOON - 11 * MINUTE_MS, 1);
    expect(counts).toHaveLength(2);
    await counts[1]?.end(1);
    await asked;
    await look(NOON - 11 * MINUTE_MS, 1);
    expect(counts).toHaveLength(2);
  });

  it('are those of 256 filters, the least recently asked first out', async () => {
    for (let i = 0; i <= 256; i += 1) await counted(ofCountry(String(i)));
    await look(NOON, 1, ofCountry('1'));
    expect(counts).toHaveLength(257);
    await counted(ofCountry('0'));
    expect(counts).toHaveLength(258);
  });
});
