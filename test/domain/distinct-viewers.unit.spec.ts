import fc from 'fast-check';
import {
  countViewers,
  EXACT_VIEWERS_MAX,
  withViewer,
  type ViewerSketch,
} from '../../src/domain/distinct-viewers.js';
import { viewerIds } from '../support/viewer-ids.js';

const SEED = 20_260_318;

const sketchOf = (ids: readonly string[]): ViewerSketch =>
  ids.reduce<ViewerSketch | undefined>(withViewer, undefined) ?? { hashes: '' };

const hashOf = (id: string): string => id.slice(0, 10);

const isExact = (sketch: ViewerSketch): boolean => 'hashes' in sketch;

/** The root mean square of the relative errors of some estimates. */
const rmsError = (estimates: readonly number[], truth: number): number =>
  Math.sqrt(
    estimates.reduce((sum, estimate) => sum + (estimate / truth - 1) ** 2, 0) / estimates.length,
  );

describe('the number of different viewers', () => {
  it('is exact up to 1,000', () => {
    const ids = viewerIds(SEED, EXACT_VIEWERS_MAX);
    let sketch: ViewerSketch | undefined;
    ids.forEach((id, index) => {
      sketch = withViewer(sketch, id);
      if (index % 50 === 0) expect(countViewers([sketch])).toBe(index + 1);
    });
    expect(countViewers([sketchOf(ids)])).toBe(1_000);
    expect(isExact(sketchOf(ids))).toBe(true);
  });

  it('is an estimate from 1,001 on', () => {
    const ids = viewerIds(SEED, EXACT_VIEWERS_MAX + 1);
    const sketch = sketchOf(ids);
    expect(isExact(sketch)).toBe(false);
    expect(Math.abs(countViewers([sketch]) - 1_001)).toBeLessThan(35);
  });

  it('is that of the union, exact while every part is', () => {
    const ids = viewerIds(SEED, 3_000);
    const parts = [ids.slice(0, 1_000), ids.slice(500, 1_500), ids.slice(2_000)].map(sketchOf);
    expect(countViewers(parts)).toBe(2_500);
    expect(countViewers([...parts, ...parts])).toBe(2_500);
  });

  it('of nobody is 0', () => {
    expect(countViewers([])).toBe(0);
  });

  it('counts a viewer once, however often they come', () => {
    const ids = viewerIds(SEED, 1_500);
    const sketch = sketchOf(ids);
    for (const id of ids) expect(withViewer(sketch, id)).toBe(sketch);
    const few = sketchOf(ids.slice(0, 10));
    for (const id of ids.slice(0, 10)) expect(withViewer(few, id)).toBe(few);
  });
});

describe('a sketch', () => {
  const bigSets = fc
    .tuple(fc.nat(), fc.integer({ min: 1_001, max: 1_400 }))
    .map(([seed, count]) => viewerIds(seed, count));

  it('is the same for the same viewers, in whatever order they came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.base64String({ minLength: 12, maxLength: 12 }), { maxLength: 40 }),
        (ids) => {
          const reversed = sketchOf([...ids].reverse());
          expect(sketchOf(ids)).toEqual(reversed);
        },
      ),
    );
    fc.assert(
      fc.property(bigSets, (ids) => {
        expect(sketchOf([...ids].sort())).toEqual(sketchOf(ids));
      }),
      { numRuns: 10 },
    );
  });

  it('makes a union that is free of order and of how the viewers were divided', () => {
    fc.assert(
      fc.property(bigSets, bigSets, fc.nat(1_000), (some, others, cut) => {
        const parts = [some, others.slice(0, cut), others.slice(cut)].map(sketchOf);
        const whole = countViewers([sketchOf([...some, ...others])]);
        expect(countViewers(parts)).toBe(whole);
        expect(countViewers([...parts].reverse())).toBe(whole);
      }),
      { numRuns: 10 },
    );
  });

  it('is JSON', () => {
    for (const count of [5, 1_200]) {
      const sketch = sketchOf(viewerIds(SEED, count));
      expect(JSON.parse(JSON.stringify(sketch))).toEqual(sketch);
    }
  });
});

describe('a register', () => {
  const crowd = sketchOf(viewerIds(SEED, 1_001).map((id) => `B${id.slice(1)}`));
  const REST = 'AAAAAAAAAAAA';

  it.each([
    ['AAIAAAAAAA', 'B', 1],
    ['AAABAAAAAA', 'K', 10],
    ['AAAABAAAAA', 'Q', 16],
    ['AAAAAgAAAA', 'R', 17],
    ['AAAAAAAAAB', 'u', 46],
    ['AAAAAAAAAA', 'v', 47],
  ])('of the hash %s holds %s: the place of its first 1 is %i', (hash, letter) => {
    const sketch = withViewer(crowd, hash + REST);
    expect('registers' in sketch && sketch.registers.charAt(0)).toBe(letter);
    const smaller = withViewer(sketch, `AAI${REST}AAAAAAA`);
    expect('registers' in smaller && smaller.registers.charAt(0)).toBe(letter);
  });
});

describe('the estimate', () => {
  it.each([
    [2_000, 40],
    [5_000, 40],
    [20_000, 24],
    [100_000, 6],
  ])('of %d viewers, over %d sets, is off by at most 1 %% (root mean square)', (count, sets) => {
    const estimates = Array.from({ length: sets }, (_, set) =>
      countViewers([sketchOf(viewerIds(SEED + set, count))]),
    );
    expect(rmsError(estimates, count)).toBeLessThan(0.01);
  });

  it('of 1,000,000 viewers, spread over 1,000 hours, is off by at most 1 %', () => {
    const estimates = Array.from({ length: 4 }, (_, set) => {
      const ids = viewerIds(SEED + set, 1_000_000);
      const busyHour = sketchOf(ids.slice(0, 1_500));
      const quietHours = Array.from({ length: 999 }, (_hour, hour) => ({
        hashes: ids
          .slice(1_000 * (hour + 1), 1_000 * (hour + 2))
          .map(hashOf)
          .join(''),
      }));
      return countViewers([busyHour, ...quietHours]);
    });
    expect(rmsError(estimates, 1_000_000)).toBeLessThan(0.01);
  });
});
