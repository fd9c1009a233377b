import fc from 'fast-check';
import { FingerprintSet } from '../../src/domain/fingerprint-set.js';

const VALUES = 'abcdefgh'.split('');

/** A set, and the plain one that it must be like. */
interface Pair {
  readonly real: FingerprintSet;
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

describe('a set of fingerprints', () => {
  it('holds what it was grown with, whatever else was grown from the same sets', () => {
    const grow = fc
      .tuple(fc.nat(30), fc.constantFrom(...VALUES))
      .map(([parent, value]) => new Grow(parent, value));
    fc.assert(
      fc.property(fc.commands([grow], { maxCommands: 30, size: 'max' }), (commands) => {
        const pairs = [{ real: FingerprintSet.EMPTY, model: new Set<string>() }];
        fc.modelRun(() => ({ model: pairs, real: pairs }), commands);
      }),
      { numRuns: 200 },
    );
  });

  it('grows by many values in a time that does not rise with their square', () => {
    let set = FingerprintSet.EMPTY;
    for (let i = 0; i < 200_000; i += 1) set = set.with(String(i));
    expect(set.size).toBe(200_000);
    expect(set.has('199999')).toBe(true);
  });

  it.each([
    ['numbers', (i: number) => String(i)],
    ['texts that begin alike', (i: number) => `session-of-a-long-name-event-${i.toString(36)}`],
    ['texts that end alike', (i: number) => `${i.toString(36)}-event-of-a-session-of-a-long-name`],
  ])('tells %s apart', (_, textOf) => {
    const [held, others] = [0, 3_000].map((from) =>
      Array.from({ length: 3_000 }, (_each, i) => textOf(from + i)),
    );
    let set = FingerprintSet.EMPTY;
    for (const text of held ?? []) {
      expect(set.has(text)).toBe(false);
      set = set.with(text);
    }
    expect(others?.filter((text) => set.has(text))).toEqual([]);
    expect(held?.every((text) => set.has(text))).toBe(true);
  });

  it('is empty at first, and stays so', () => {
    FingerprintSet.EMPTY.with('a');
    expect(FingerprintSet.EMPTY.size).toBe(0);
    expect(FingerprintSet.EMPTY.has('a')).toBe(false);
  });
});
