import { DIMENSIONS, dimensionOf, type Dimension } from '../../../../domain/figures/dimensions.js';
import { NO_COUNTS } from '../../../../domain/figures/figure-counts.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { DAY_MS, minuteOf } from '../../../../domain/time.js';
import { nameOf, type BlockPlace } from './block-place.js';
import { Column } from './column.js';
import type { Dictionaries } from './dictionary.js';

/** Sessions of one place as columns, by row. A row that is gone counts for nothing. */
export class Block {
  /** The number of rows, with those that are gone. */
  rows = 0;
  readonly name: string;
  readonly counts = NO_COUNTS.map(() => new Column());
  /** The numbers of the values in the dictionaries. */
  readonly dimensions = Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, new Column()]),
  ) as Readonly<Record<Dimension, Column>>;
  /** The numbers of viewers and startup buckets, from 1; 0 for none. */
  readonly viewers = new Column();
  readonly startups = new Column();
  /** The milliseconds from the base, plus 1; 0 if the row is gone. */
  private readonly starts = new Column();
  private readonly startsFrom: number;
  /** The first and the last minute of runs, from the base, and where those of a row begin. */
  private runs = new Column();
  private readonly runsFrom: number;
  private readonly runsAt = new Column();
  private readonly runCounts = new Column();
  private runsEnd = 0;
  private lostRuns = 0;

  /** The rows of a block with keys can be changed. */
  constructor(
    readonly place: BlockPlace,
    private readonly dictionaries: Dictionaries,
    private readonly keys?: Map<string, number>,
  ) {
    this.name = nameOf(place);
    const isStarted = place.kind === 'started';
    this.startsFrom = isStarted ? place.day * DAY_MS : 0;
    // A minute lies before the start if the first event says what was watched before it.
    this.runsFrom = isStarted ? minuteOf((place.day - 1) * DAY_MS) : 0;
  }

  get bytes(): number {
    const { starts, viewers, startups, runs, runsAt, runCounts } = this;
    const all = [...this.counts, ...Object.values(this.dimensions)];
    const others = [starts, viewers, startups, runs, runsAt, runCounts];
    const columns = [...all, ...others].reduce((sum, { bytes }) => sum + bytes, 0);
    return BLOCK_BYTES + columns + KEY_BYTES * (this.keys?.size ?? 0);
  }

  get isChangeable(): boolean {
    return this.keys !== undefined;
  }

  /** Adds a session, or puts it in the place of what it was before. */
  put(key: string, session: SessionRow): void {
    const row = this.keys?.get(key) ?? this.rows;
    if (row === this.rows) {
      this.rows += 1;
      this.keys?.set(key, row);
    }
    this.starts.set(row, session.startedAt - this.startsFrom + 1);
    this.setDimensions(row, session);
    this.setRuns(row, session.minutes);
    if (this.place.kind === 'reached') return;
    const { viewerId, startupBucket, counts } = session;
    const viewer = viewerId === undefined ? 0 : this.dictionaries.viewers.numberOf(viewerId) + 1;
    this.viewers.set(row, viewer);
    this.startups.set(row, startupBucket === undefined ? 0 : startupBucket + 1);
    for (let place = 0; place < this.counts.length; place += 1) {
      this.counts[place]?.set(row, counts[place] ?? 0);
    }
  }

  /** Says whether a session is there. Only a block with keys knows. */
  has(key: string): boolean {
    return this.keys?.has(key) === true;
  }

  /** Removes a session, if it is there. */
  remove(key: string): void {
    const row = this.keys?.get(key);
    if (row === undefined) return;
    this.keys?.delete(key);
    this.starts.set(row, 0);
    this.setRuns(row, []);
  }

  /** Returns when the session of a row started, epoch milliseconds; undefined if it is gone. */
  startOf(row: number): number | undefined {
    const start = this.starts.at(row);
    return start === 0 ? undefined : start - 1 + this.startsFrom;
  }

  /** Calls a function with the first and the last minute of each run of a row. */
  eachRun(row: number, visit: (first: number, last: number) => void): void {
    const { runs, runsFrom } = this;
    const at = this.runsAt.at(row);
    const end = at + 2 * this.runCounts.at(row);
    for (let i = at; i < end; i += 2) visit(runs.at(i) + runsFrom, runs.at(i + 1) + runsFrom);
  }

  /** Frees the memory that is not needed unless rows are added. */
  trim(): void {
    const { starts, viewers, startups, runsAt, runCounts } = this;
    for (const column of this.counts) column.trim(this.rows);
    for (const dimension of DIMENSIONS) this.dimensions[dimension].trim(this.rows);
    for (const column of [starts, viewers, startups, runsAt, runCounts]) column.trim(this.rows);
    this.runs.trim(this.runsEnd);
  }

  private setDimensions(row: number, session: SessionRow): void {
    for (const dimension of DIMENSIONS) {
      const value = dimensionOf(session, dimension);
      const number = value === '' ? 0 : this.dictionaries.dimensions[dimension].numberOf(value);
      this.dimensions[dimension].set(row, number);
    }
  }

  private setRuns(row: number, minutes: SessionRow['minutes']): void {
    const known = this.runCounts.at(row);
    const count = minutes.length / 2;
    if (count > known) {
      this.lostRuns += known;
      this.runsAt.set(row, this.runsEnd);
      this.runsEnd += minutes.length;
    } else this.lostRuns += known - count;
    this.runCounts.set(row, count);
    const at = this.runsAt.at(row);
    for (let i = 0; i < minutes.length; i += 1) {
      this.runs.set(at + i, (minutes[i] ?? 0) - this.runsFrom);
    }
    if (this.lostRuns > LOST_RUNS_MIN && 4 * this.lostRuns > this.runsEnd) this.moveTogether();
  }

  private moveTogether(): void {
    const { runs } = this;
    this.runs = new Column();
    [this.runsEnd, this.lostRuns] = [0, 0];
    for (let row = 0; row < this.rows; row += 1) {
      const at = this.runsAt.at(row);
      const end = at + 2 * this.runCounts.at(row);
      this.runsAt.set(row, this.runsEnd);
      for (let i = at; i < end; i += 1, this.runsEnd += 1) this.runs.set(this.runsEnd, runs.at(i));
    }
  }
}

/** The bytes that V8 needs for a block without a row, and for a key in a map. */
const BLOCK_BYTES = 4_096;
const KEY_BYTES = 160;
/** Runs that no row has any more, before those that rows have are moved together. */
const LOST_RUNS_MIN = 1_024;
