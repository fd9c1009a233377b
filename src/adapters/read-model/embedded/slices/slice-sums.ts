import type { Dimension } from '../../../../domain/figures/dimensions.js';
import { NO_COUNTS } from '../../../../domain/figures/figure-counts.js';
import type { ConcurrencyPeak, FigureTotals } from '../../../../domain/figures/figure-totals.js';
import { areAll, dayNumber } from '../../../../domain/figures/session-places.js';
import { dayOf, MINUTE_MS } from '../../../../domain/time.js';
import type { Slice, SliceAnswer, SliceFilter } from '../../../../ports/read-model/slices.js';
import type { Block } from './block.js';
import type { Dictionaries } from './dictionary.js';
import { GroupedNumbers } from './grouped-numbers.js';
import { Peaks } from './peaks.js';
import type { Stretches } from './stretches.js';

/** Sums up one slice, block after block. */
export class SliceSums {
  private sessions = 0;
  /** The number of the group of each stretch and value. */
  private readonly groups = new Map<number, number>();
  private sums = new Float64Array(STRIDE);
  private readonly viewers = new GroupedNumbers();
  private readonly startups = new GroupedNumbers();
  private readonly peaks: Peaks;

  constructor(
    private readonly slice: Slice,
    private readonly stretches: Stretches,
    private readonly dictionaries: Dictionaries,
  ) {
    this.peaks = new Peaks(stretches);
  }

  /** Adds the sessions that started on a day. */
  addStarted(block: Block): void {
    const { uniqueViewers, startupTime, peak } = this.slice.parts;
    const wanted = this.wantedIn(block);
    const values = this.valuesIn(block);
    const groups = new Int32Array(block.rows).fill(NO_GROUP);
    for (let row = 0; row < block.rows; row += 1) {
      const start = block.startOf(row);
      if (start === undefined) continue;
      const stretch = this.stretches.find(start);
      if (stretch >= 0) this.sessions += 1;
      if (wanted[row] === 0) continue;
      const value = values?.at(row) ?? 0;
      if (peak) this.peaks.add(block, row, value);
      if (stretch < 0) continue;
      const group = this.groupOf(stretch, value);
      groups[row] = group;
      if (uniqueViewers) addKnown(this.viewers, group, block.viewers.at(row));
      if (startupTime) addKnown(this.startups, group, block.startups.at(row));
    }
    this.fitSums();
    for (const [place, column] of block.counts.entries()) {
      column.addTo(this.sums, groups, { place, stride: STRIDE });
    }
  }

  /** Adds the minutes of sessions that started on other days than those whose blocks are added. */
  addReached(block: Block, startedDays: ReadonlySet<number>): void {
    const wanted = this.wantedIn(block);
    const values = this.valuesIn(block);
    for (let row = 0; row < block.rows; row += 1) {
      const start = block.startOf(row);
      if (start === undefined || wanted[row] === 0) continue;
      if (startedDays.has(dayNumber(dayOf(start)))) continue;
      this.peaks.add(block, row, values?.at(row) ?? 0);
    }
  }

  answer(): SliceAnswer {
    const { uniqueViewers, startupTime, peak } = this.slice.parts;
    const peaks = peak ? this.peaksByGroup() : undefined;
    this.fitSums();
    const viewers = uniqueViewers ? this.distinctViewers() : undefined;
    const startups = startupTime ? this.startups.byGroup() : undefined;
    const groups = [...this.groups].map(([key, group]) => {
      const totals: FigureTotals = {
        counts: Array.from(this.sums.subarray(group * STRIDE, (group + 1) * STRIDE)),
        ...(viewers && { viewers: { count: viewers[group] ?? 0, isExact: true } }),
        ...(startups && { startups: startupsOf(startups[group]) }),
        ...(peaks && { peak: peaks.get(group) ?? { sessions: 0, at: undefined } }),
      };
      const { length } = this.stretches;
      return { stretch: key % length, value: this.valueOf(Math.floor(key / length)), totals };
    });
    return { groups, ...(!areAll(this.slice.slots) && { sessions: this.sessions }) };
  }

  private groupOf(stretch: number, value: number): number {
    const key = value * this.stretches.length + stretch;
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const group = this.groups.size;
    this.groups.set(key, group);
    return group;
  }

  private fitSums(): void {
    const needed = STRIDE * this.groups.size;
    if (needed <= this.sums.length) return;
    const longer = new Float64Array(2 * needed);
    longer.set(this.sums);
    this.sums = longer;
  }

  /** Returns 1 for each row that all filters hold for, else 0. */
  private wantedIn(block: Block): Uint8Array {
    const wanted = new Uint8Array(block.rows).fill(1);
    for (const filter of this.slice.filters) {
      const passes = this.passesOf(filter);
      const column = block.dimensions[filter.dimension];
      for (let row = 0; row < block.rows; row += 1) {
        if (passes[column.at(row)] === 0) wanted[row] = 0;
      }
    }
    return wanted;
  }

  /** Returns 1 for each value of a dimension that a filter lets pass, else 0, by their numbers. */
  private passesOf({ dimension, anyOf, exclude }: SliceFilter): Uint8Array {
    const dictionary = this.dictionaries.dimensions[dimension];
    const passes = new Uint8Array(dictionary.size).fill(exclude ? 1 : 0);
    for (const value of anyOf) {
      const number = dictionary.find(value);
      if (number !== undefined) passes[number] = exclude ? 0 : 1;
    }
    return passes;
  }

  private valuesIn({ dimensions }: Block): Block['viewers'] | undefined {
    return this.by === undefined ? undefined : dimensions[this.by];
  }

  private valueOf(number: number): string {
    return this.by === undefined ? '' : this.dictionaries.dimensions[this.by].textOf(number);
  }

  private get by(): Dimension | undefined {
    return this.slice.by;
  }

  /** Counts the viewers of each group. A viewer's stamp is the last group that counted it. */
  private distinctViewers(): Uint32Array {
    const stamps = new Int32Array(this.dictionaries.viewers.size).fill(NO_GROUP);
    const counts = new Uint32Array(this.groups.size);
    for (const [group, viewers] of this.viewers.byGroup().entries()) {
      let count = 0;
      for (const viewer of viewers) {
        if (stamps[viewer] === group) continue;
        stamps[viewer] = group;
        count += 1;
      }
      counts[group] = count;
    }
    return counts;
  }

  /** Finds the peaks, and adds the groups that have nothing but watched minutes. */
  private peaksByGroup(): ReadonlyMap<number, ConcurrencyPeak> {
    const peaks = new Map<number, ConcurrencyPeak>();
    for (const { stretch, value, sessions, minute } of this.peaks.find()) {
      peaks.set(this.groupOf(stretch, value), { sessions, at: minute * MINUTE_MS });
    }
    return peaks;
  }
}

const STRIDE = NO_COUNTS.length;
const NO_GROUP = -1;

/** Adds the number of a viewer or a bucket, which is 0 where there is none. */
function addKnown(numbers: GroupedNumbers, group: number, number: number): void {
  if (number > 0) numbers.add(group, number - 1);
}

function startupsOf(buckets: Uint32Array | undefined): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const bucket of buckets ?? []) counts[bucket] = (counts[bucket] ?? 0) + 1;
  return counts;
}
