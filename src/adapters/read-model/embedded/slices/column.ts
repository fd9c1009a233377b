/**
 * Whole numbers by row, in the narrowest array that holds them. A column of zeros takes no memory.
 */
export class Column {
  private numbers: Numbers | undefined;
  /** The greatest number that fits in. */
  private max = -1;

  get bytes(): number {
    return this.numbers === undefined ? 0 : ARRAY_BYTES + this.numbers.byteLength;
  }

  at(row: number): number {
    const { numbers } = this;
    return numbers !== undefined && row < numbers.length ? (numbers[row] ?? 0) : 0;
  }

  set(row: number, number: number): void {
    const length = this.numbers?.length ?? 0;
    if (number === 0 && row >= length) return;
    if (row >= length || number > this.max || number < 0) this.widen(row, number);
    if (this.numbers !== undefined) this.numbers[row] = number;
  }

  /** Adds the numbers of rows to sums, `stride` of which belong to each group; -1 is no group. */
  addTo(
    sums: Float64Array,
    groups: Int32Array,
    { place, stride }: { readonly place: number; readonly stride: number },
  ): void {
    const { numbers } = this;
    if (numbers === undefined) return;
    const rows = Math.min(numbers.length, groups.length);
    for (let row = 0; row < rows; row += 1) {
      const group = groups[row] ?? -1;
      if (group < 0) continue;
      const at = group * stride + place;
      sums[at] = (sums[at] ?? 0) + (numbers[row] ?? 0);
    }
  }

  /** Frees the memory that is not needed for so many rows. */
  trim(rows: number): void {
    const { numbers } = this;
    if (numbers !== undefined && numbers.length > rows) this.numbers = numbers.slice(0, rows);
  }

  private widen(row: number, number: number): void {
    const { numbers } = this;
    const length = numbers?.length ?? 0;
    const needed = row < length ? length : Math.max(LENGTH_MIN, row + 1, GROWTH * length);
    const { Kind, max } =
      KINDS.find((kind) => number >= 0 && number <= kind.max && kind.max >= this.max) ?? KINDS[3];
    const wider = new Kind(Math.ceil(needed));
    if (numbers !== undefined) wider.set(numbers);
    [this.numbers, this.max] = [wider, max];
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** The kinds of arrays, each with the greatest whole number that it holds. */
const KINDS = [
  { Kind: Uint8Array, max: 2 ** 8 - 1 },
  { Kind: Uint16Array, max: 2 ** 16 - 1 },
  { Kind: Uint32Array, max: 2 ** 32 - 1 },
  { Kind: Float64Array, max: Infinity },
] as const;

/** The bytes that V8 needs for an array beside its numbers. */
const ARRAY_BYTES = 200;
const LENGTH_MIN = 8;
const GROWTH = 1.5;
