/** Whole numbers below 2^32 that belong to groups. */
export class GroupedNumbers {
  private groups = new Uint32Array(LENGTH_MIN);
  private numbers = new Uint32Array(LENGTH_MIN);
  private length = 0;
  private groupCount = 0;

  add(group: number, number: number): void {
    if (this.length === this.groups.length) {
      this.groups = twice(this.groups);
      this.numbers = twice(this.numbers);
    }
    this.groups[this.length] = group;
    this.numbers[this.length] = number;
    this.length += 1;
    if (group >= this.groupCount) this.groupCount = group + 1;
  }

  /** Returns the numbers of each group, none where it has none. */
  byGroup(): readonly Uint32Array[] {
    const { groups, numbers, length, groupCount } = this;
    const ends = new Uint32Array(groupCount);
    for (let i = 0; i < length; i += 1) ends[groups[i] ?? 0] = (ends[groups[i] ?? 0] ?? 0) + 1;
    let end = 0;
    const starts = ends.map((count) => (end += count) - count);
    const places = starts.slice();
    const sorted = new Uint32Array(length);
    for (let i = 0; i < length; i += 1) {
      const group = groups[i] ?? 0;
      const at = places[group] ?? 0;
      sorted[at] = numbers[i] ?? 0;
      places[group] = at + 1;
    }
    return Array.from(starts, (from, group) => {
      const to = places[group] ?? 0;
      return from === to ? NONE : sorted.subarray(from, to);
    });
  }
}

const LENGTH_MIN = 1_024;
const NONE = new Uint32Array(0);

function twice(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * numbers.length);
  longer.set(numbers);
  return longer;
}
