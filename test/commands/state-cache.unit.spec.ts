import fc from 'fast-check';
import { StateCache } from '../../src/commands/state-cache.js';

const snapshot = (state: number) => ({ state, chapter: 0, revision: 0, position: 1 });
const cacheOf = (weightMax: number): StateCache<number> => new StateCache(weightMax, (n) => n);

describe('a cache of states', () => {
  it('has what was set last', () => {
    const cache = cacheOf(10);
    cache.set('a', snapshot(1));
    cache.set('a', snapshot(2));
    expect(cache.get('a')).toEqual(snapshot(2));
    expect(cache.get('b')).toBeUndefined();
  });

  it('forgets what was not used for the longest, as soon as it is too heavy', () => {
    const cache = cacheOf(5);
    cache.set('a', snapshot(2));
    cache.set('b', snapshot(2));
    cache.get('a');
    cache.set('c', snapshot(2));
    expect(['a', 'b', 'c'].map((name) => cache.get(name) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('forgets as many as it must', () => {
    const cache = cacheOf(6);
    for (const name of ['a', 'b', 'c']) cache.set(name, snapshot(2));
    cache.set('d', snapshot(5));
    expect(['a', 'b', 'c', 'd'].filter((name) => cache.get(name) !== undefined)).toEqual(['d']);
  });

  it('does not keep what is too heavy alone, and has room again afterwards', () => {
    const cache = cacheOf(5);
    cache.set('a', snapshot(6));
    expect(cache.get('a')).toBeUndefined();
    cache.set('b', snapshot(5));
    expect(cache.get('b')).toEqual(snapshot(5));
  });

  it('has room again for what is evicted, and does not mind evicting what it has not', () => {
    const cache = cacheOf(5);
    cache.set('a', snapshot(5));
    cache.evict('a');
    cache.evict('a');
    cache.evict('never there');
    cache.set('b', snapshot(5));
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, snapshot(5)]);
  });

  it('is never too heavy, and never forgets without need', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const steps = fc.array(fc.tuple(names, fc.integer({ min: 1, max: 4 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (sets) => {
        const cache = cacheOf(10);
        let model: (readonly [string, number])[] = [];
        for (const [name, weight] of sets) {
          cache.set(name, snapshot(weight));
          model = [...model.filter(([other]) => other !== name), [name, weight]];
          while (model.reduce((sum, [, each]) => sum + each, 0) > 10) model = model.slice(1);
        }
        // Asking changes the order of use, so it is asked once, at the end.
        const kept = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => {
          const found = cache.get(name);
          return found === undefined ? [] : [[name, found.state] as const];
        });
        expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(model));
      }),
    );
  });
});
