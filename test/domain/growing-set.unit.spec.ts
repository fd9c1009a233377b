import fc from 'fast-check';
import { GrowingSet } from '../../src/domain/growing-set.js';

const VALUES = 'abcdefgh'.split('');

/** A set, and the plain one that it must be like. */
interface Pair {
  readonly real: GrowingSet;
  readonly model: ReadonlySet<string>;
}

/** Grows a set, any of those made so far, by a value that it does not have. */
class Grow implements fc.Command<Pair[], Pair[]> {
  constructor(
    private readonly parent: number,
    private readonly value: string,
  ) {}

  check(pairs: Pair[]): boolean {
    return !this.parentIn(pairs).model.has(this.value);
  }

  run(pairs: Pair[]): void {
    const { real, model } = this.parentIn(pairs);
    pairs.push({ real: real.with(this.value), model: new Set([...model, this.value]) });
    const held = pairs.map((pair) => VALUES.filter((one) => pair.real.has(one)).join(''));
    const wanted = pairs.map((pair) => [...pair.model].sort().join(''));
    expect(held).toEqual(wanted);
    expect(pairs.map((pair) => pair.real.size)).toEqual(pairs.map((pair) => pair.model.size));
  }

  toString(): string {
    return `${String(this.parent)} with ${this.value}`;
  }

  private parentIn(pairs: readonly Pair[]): Pair {
    const pair = pairs[this.parent % pairs.length];
    if (pair === undefined) throw new Error('there is always the empty set');
    return pair;
  }
}

describe('a growing set', () => {
  it('holds what it was grown with, whatever else was grown from the same sets', () => {
    const grow = fc
      .tuple(fc.nat(30), fc.constantFrom(...VALUES))
      .map(([parent, value]) => new Grow(parent, value));
    fc.assert(
      fc.property(fc.commands([grow], { maxCommands: 30, size: 'max' }), (commands) => {
        const pairs = [{ real: GrowingSet.EMPTY, model: new Set<string>() }];
        fc.modelRun(() => ({ model: pairs, real: pairs }), commands);
      }),
      { numRuns: 200 },
    );
  });

  it('grows by many values in a time that does not rise with their square', () => {
    let set = GrowingSet.EMPTY;
    for (let i = 0; i < 200_000; i += 1) set = set.with(String(i));
    expect(set.size).toBe(200_000);
    expect(set.has('199999')).toBe(true);
  });

  it('is empty at first, and stays so', () => {
    GrowingSet.EMPTY.with('a');
    expect(GrowingSet.EMPTY.size).toBe(0);
    expect(GrowingSet.EMPTY.has('a')).toBe(false);
  });
});
