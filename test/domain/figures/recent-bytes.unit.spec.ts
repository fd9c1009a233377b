import fc from 'fast-check';
import { bytesIn, withBytes, type RecentBytes } from '../../../src/domain/figures/recent-bytes.js';
import { MINUTE_MS, minuteOf } from '../../../src/domain/time.js';

type Load = readonly [atMs: number, bytes: number];

const recentAfter = (loads: readonly Load[]): RecentBytes | undefined =>
  loads.reduce<RecentBytes | undefined>(
    (recent, [atMs, bytes]) => withBytes(recent, atMs, bytes),
    undefined,
  );

describe('the bytes of late', () => {
  it('are all of the latest minute, and of the minute before what came since it was', () => {
    const loads = fc.array(fc.tuple(fc.nat(6 * MINUTE_MS), fc.nat(9)), { minLength: 1 });
    fc.assert(
      fc.property(loads, (all) => {
        const recent = recentAfter(all);
        const latest = Math.max(...all.map(([atMs]) => minuteOf(atMs)));
        const sumIn = (minute: number, of: readonly Load[]): number =>
          of.reduce((sum, [atMs, bytes]) => sum + (minuteOf(atMs) === minute ? bytes : 0), 0);
        expect(bytesIn(recent, latest)).toBe(sumIn(latest, all));
        // Only what came while an earlier minute was two behind is lost.
        const known = all.slice(all.findIndex(([atMs]) => minuteOf(atMs) >= latest - 1));
        expect(bytesIn(recent, latest - 1)).toBe(sumIn(latest - 1, known));
        expect(bytesIn(recent, latest - 2)).toBe(0);
        expect(bytesIn(recent, latest + 1)).toBe(0);
      }),
    );
  });

  it('are none where nothing was loaded', () => {
    expect(bytesIn(undefined, 3)).toBe(0);
  });
});
