import { statSync } from 'node:fs';
import {
  ALL_SLOTS,
  areAll,
  dayIn,
  HEARD_OF_IN,
  placeAmongAll,
  placeHeardOf,
  placeInTitle,
  placesHeardOfSince,
  placesOn,
  REACHED_DAY,
  SAMPLE_SLOTS,
  STARTED_ON,
  TITLE_STARTED_ON,
  type DayRange,
  type ValueRange,
} from '../../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { openForReading } from '../../../sqlite/database.js';
import { changesSince, type Changes } from '../change-list.js';
import { columnOf, DOCUMENT, LOAD_QUERY } from '../generation-file.js';
import { Statements } from '../statements.js';
import type { BlockPlace } from './block-place.js';
import { Cancelled, isCancelled, type CancelFlag } from './cancellation.js';

/** The sessions of a generation's file; between `begin` and `end` all as at one moment. */
export class SessionRows {
  private readonly statements: Statements;
  private readonly inode: number | undefined;
  private cancelFlag: CancelFlag | undefined;

  constructor(path: string) {
    this.inode = inodeOf(path);
    this.statements = new Statements(path, openForReading(path));
    this.statements.connection.pragma(`cache_size = -${String(CACHE_KIB)}`);
  }

  /** Says whether the sessions are those of the file that is at a path now. */
  areAt(path: string): boolean {
    return this.statements.path === path && this.inode === inodeOf(path);
  }

  begin(cancelFlag?: CancelFlag): void {
    this.cancelFlag = cancelFlag;
    this.statements.connection.exec('BEGIN');
  }

  /** Throws Cancelled once nobody waits for the answer. */
  assertWanted(): void {
    if (isCancelled(this.cancelFlag)) throw new Cancelled();
  }

  end(): void {
    this.statements.connection.exec('COMMIT');
  }

  close(): void {
    this.statements.connection.close();
  }

  /** Returns the id of the file; each file has its own. */
  fileId(): string {
    return this.statements.row("SELECT json_quote(coalesce(file_id, '')) AS line FROM state");
  }

  changesSince(number: number | undefined): Changes {
    return changesSince(this.statements, number);
  }

  /** Returns the sessions of some keys, as far as they exist, a part at a time. */
  *ofKeys(keys: readonly string[]): Generator<readonly KeyedSession[]> {
    for (let at = 0; at < keys.length; at += CHUNK_ROWS) {
      yield this.statements.rows(LOAD_QUERY, JSON.stringify(keys.slice(at, at + CHUNK_ROWS)));
    }
  }

  /** Returns the days of a range on which sessions started, of a title or of all. */
  startedDays([first, last]: DayRange, mediaId: string | undefined): readonly number[] {
    const column = columnOf(mediaId === undefined ? STARTED_ON : TITLE_STARTED_ON);
    const [range] = placesOn([first, last], ALL_SLOTS, mediaId);
    const days: number[] = [];
    for (let from = range?.from ?? 0; ;) {
      const place = this.lowest(column, { from, before: range?.before ?? 0 });
      if (place === undefined) return days;
      days.push(dayIn(place));
      from = (Math.floor(place / SAMPLE_SLOTS) + 1) * SAMPLE_SLOTS;
    }
  }

  /** Returns the days from a first one on that have sessions in the index of reached days. */
  reachedDays(first: number): readonly number[] {
    const days: number[] = [];
    for (let from = first; ; from = (days.at(-1) ?? 0) + 1) {
      const day = this.lowest(columnOf(REACHED_DAY), { from, before: Infinity });
      if (day === undefined) return days;
      days.push(day);
    }
  }

  /** Returns the sessions of a place, a part at a time; of a title perhaps those of others, too. */
  *of(place: BlockPlace): Generator<readonly KeyedSession[]> {
    if (place.kind === 'reached') {
      yield* this.reachedOn(place);
      return;
    }
    const { day, slots, mediaId } = place;
    const index = mediaId === undefined ? STARTED_ON : TITLE_STARTED_ON;
    const valueOf = mediaId === undefined ? placeAmongAll : placeInTitle;
    for (const range of placesOn([day, day], slots, mediaId)) {
      yield* this.pages(index, range, { valueOf });
    }
  }

  /** Returns the sessions that were heard of since the start of a minute, a part at a time. */
  *heardOfSince(minuteMs: number): Generator<readonly KeyedSession[]> {
    for (const range of placesHeardOfSince(minuteMs)) {
      yield* this.pages(HEARD_OF_IN, range, { valueOf: placeHeardOf });
    }
  }

  private *reachedOn({ day, mediaId, slots }: BlockPlace): Generator<readonly KeyedSession[]> {
    const conditions: string[] = [];
    const values: number[] = [];
    if (mediaId !== undefined) {
      const [range] = placesOn([0, Infinity], ALL_SLOTS, mediaId);
      conditions.push(`AND ${columnOf(TITLE_STARTED_ON)} >= ?`);
      conditions.push(`AND ${columnOf(TITLE_STARTED_ON)} < ?`);
      values.push(range?.from ?? 0, range?.before ?? 0);
    }
    if (!areAll(slots)) {
      conditions.push(`AND ${columnOf(STARTED_ON)} % ${String(SAMPLE_SLOTS)} BETWEEN ? AND ?`);
      values.push(slots.from, slots.before - 1);
    }
    const where = { sql: conditions.join(' '), values };
    yield* this.pages(REACHED_DAY, { from: day, before: day + 1 }, { valueOf: () => day, where });
  }

  /** Reads in the order of an index; `valueOf` returns a session's value there. */
  private *pages(
    index: string,
    { from, before }: ValueRange,
    { valueOf, where = { sql: '', values: [] } }: PageOptions,
  ): Generator<readonly KeyedSession[]> {
    const column = columnOf(index);
    const query = `SELECT ${DOCUMENT} FROM (SELECT key, body FROM documents INDEXED BY "${index}"
      WHERE (${column}, key) > (?, ?) AND ${column} < ? ${where.sql}
      ORDER BY ${column}, key LIMIT ?)`;
    for (let after: readonly [number, string] = [from, '']; ;) {
      this.assertWanted();
      const values = [...after, before, ...where.values, CHUNK_ROWS];
      const rows = this.statements.rows<KeyedSession>(query, ...values);
      yield rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < CHUNK_ROWS) return;
      after = [valueOf(last[1]), last[0]];
    }
  }

  /** Returns the lowest value of a column in a range. */
  private lowest(column: string, { from, before }: ValueRange): number | undefined {
    const query = `SELECT min(${column}) FROM documents WHERE ${column} >= ? AND ${column} < ?`;
    const [value] = this.statements.numbers(query, from, before);
    return typeof value === 'number' ? value : undefined;
  }
}

/** Sessions that are read and parsed at once: about 2 MB of text. */
const CHUNK_ROWS = 2_000;
/** The page cache of the connection, in KiB: sessions of a day lie all over the file. */
const CACHE_KIB = 32_768;

/** A session and the key of its document. */
export type KeyedSession = readonly [key: string, session: SessionRow];

const inodeOf = (path: string): number | undefined =>
  statSync(path, { throwIfNoEntry: false })?.ino;

interface PageOptions {
  readonly valueOf: (session: SessionRow) => number;
  readonly where?: { readonly sql: string; readonly values: readonly number[] };
}
