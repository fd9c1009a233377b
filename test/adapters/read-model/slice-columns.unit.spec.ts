import fc from 'fast-check';
import { Column } from '../../../src/adapters/read-model/embedded/slices/column.js';
import { GroupedNumbers } from '../../../src/adapters/read-model/embedded/slices/grouped-numbers.js';
import { Stretches } from '../../../src/adapters/read-model/embedded/slices/stretches.js';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.js';

/** Small numbers, those at the edges of the arrays' kinds, and below nought. */
const numbers = fc.oneof(
  fc.nat(3),
  fc.constantFrom(255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -1, -(2 ** 40)),
);
const writes = fc.array(fc.tuple(fc.nat(40), numbers), { maxLength: 60 });

/** Returns a column, and a plain list of the same numbers. */
function written(all: readonly (readonly [row: number, number: number])[]) {
  const column = new Column();
  const list = new Array<number>(41).fill(0);
  for (const [row, number] of all) {
    column.set(row, number);
    list[row] = number;
  }
  return { column, list };
}

describe('a column', () => {
  test('holds what was set last, and nought elsewhere, also when it is trimmed', () => {
    fc.assert(
      fc.property(writes, fc.nat(41), (all, rows) => {
        const { column, list } = written(all);
        expect(list.map((_, row) => column.at(row))).toEqual(list);
        column.trim(rows);
        expect(list.slice(0, rows).map((_, row) => column.at(row))).toEqual(list.slice(0, rows));
      }),
    );
  });

  test('adds its numbers to the sums of groups', () => {
    const groupings = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 41, maxLength: 41 });
    fc.assert(
      fc.property(writes, groupings, (all, groups) => {
        const { column, list } = written(all);
        const sums = new Float64Array(8);
        column.addTo(sums, Int32Array.from(groups), { place: 1, stride: 2 });
        const sumOf = (group: number): number =>
          list.reduce((sum, number, row) => sum + (groups[row] === group ? number : 0), 0);
        expect([...sums]).toEqual([0, 1, 2, 3].flatMap((group) => [0, sumOf(group)]));
      }),
    );
  });

  test('takes nothing while all is nought, and as few bytes as its numbers need', () => {
    const column = new Column();
    for (let row = 0; row < 1_000; row += 1) column.set(row, 0);
    expect(column.bytes).toBe(0);
    const bytesWith = (number: number): number => {
      column.set(999, number);
      column.trim(1_000);
      return column.bytes;
    };
    const narrow = bytesWith(255);
    expect([256, 65_536, 2 ** 32].map((number) => bytesWith(number) - narrow)).toEqual([
      ...[1_000, 3_000, 7_000],
    ]);
  });
});

test('numbers are found again by their groups', () => {
  const pairs = fc.array(fc.tuple(fc.nat(5), fc.nat(2 ** 32 - 1)), { maxLength: 3_000 });
  fc.assert(
    fc.property(pairs, (all) => {
      const grouped = new GroupedNumbers();
      for (const [group, number] of all) grouped.add(group, number);
      const groupCount = Math.max(0, ...all.map(([group]) => group + 1));
      const expected = Array.from({ length: groupCount }, (_, group) =>
        all.filter((pair) => pair[0] === group).map(([, number]) => number),
      );
      expect(grouped.byGroup().map((found) => [...found])).toEqual(expected);
    }),
  );
});

test('stretches know which of them holds a time, and their days', () => {
  const at = (day: number, minute: number): number => day * DAY_MS + minute * MINUTE_MS;
  const stretches = new Stretches([
    { from: at(1, 10), to: at(1, 20) },
    { from: at(1, 20), to: at(3, 0) },
    { from: at(3, 5), to: at(3, 6) },
    { from: at(9, 0), to: at(10, 1) },
  ]);
  const times = [at(1, 10) - 1, at(1, 10), at(1, 20) - 1, at(1, 20), at(3, 0), at(3, 5), at(10, 1)];
  expect(times.map((time) => stretches.find(time))).toEqual([-1, 0, 0, 1, -1, 2, -1]);
  expect(stretches.days()).toEqual([
    [1, 3],
    [9, 10],
  ]);
});
