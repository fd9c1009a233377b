import fc from 'fast-check';
import {
  minutesAdded,
  withStretch,
  type MinuteRuns,
} from '../../../src/domain/figures/minute-runs.js';
import { MINUTE_MS } from '../../../src/domain/time.js';

type Stretch = readonly [fromMs: number, toMs: number];

const stretches: fc.Arbitrary<readonly Stretch[]> = fc.array(
  fc
    .tuple(fc.nat(60 * MINUTE_MS), fc.oneof(fc.nat(3), fc.nat(20 * MINUTE_MS)))
    .map(([from, length]) => [from, from + length] as const),
  { maxLength: 30 },
);

const runsOf = (all: readonly Stretch[]): MinuteRuns =>
  all.reduce<MinuteRuns>((runs, [from, to]) => withStretch(runs, from, to), []);

/** The minutes that hold a millisecond of a stretch. */
function minutesOf(all: readonly Stretch[]): readonly number[] {
  const touched = Array.from({ length: 100 }, (_, minute) => minute).filter((minute) =>
    all.some(
      ([from, to]) => from < (minute + 1) * MINUTE_MS && to > minute * MINUTE_MS && to > from,
    ),
  );
  return touched;
}

function minutesIn(runs: MinuteRuns): readonly number[] {
  const minutes: number[] = [];
  for (let at = 0; at < runs.length; at += 2) {
    const [first = NaN, last = NaN] = runs.slice(at);
    for (let minute = first; minute <= last; minute += 1) minutes.push(minute);
  }
  return minutes;
}

describe('runs of minutes', () => {
  it('hold the minutes that the stretches touch, each once and in order', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        expect(minutesIn(runsOf(all))).toEqual(minutesOf(all));
      }),
    );
  });

  it('have a gap between one and the next', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const runs = runsOf(all);
        for (let at = 2; at < runs.length; at += 2) {
          expect(runs[at]).toBeGreaterThan((runs[at - 1] ?? NaN) + 1);
        }
      }),
    );
  });

  it('are the same ones where a stretch is in them already', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const runs = runsOf(all);
        for (const [from, to] of all) expect(withStretch(runs, from, to)).toBe(runs);
      }),
    );
  });

  it('tell what one has and the one before lacked', () => {
    fc.assert(
      fc.property(stretches, stretches, (first, second) => {
        const [before, after] = [runsOf(first), runsOf([...first, ...second])];
        const known = new Set(minutesIn(before));
        expect(minutesAdded(before, after)).toEqual(
          minutesIn(after).filter((minute) => !known.has(minute)),
        );
      }),
    );
  });
});
