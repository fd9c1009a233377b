import { heardOfFrom, type LiveSums } from '../../../../domain/figures/live-sums.js';
import type { Slots } from '../../../../domain/figures/session-places.js';
import { LiveGroups, type LiveQuestion } from '../../../../ports/read-model/live.js';
import type {
  ListedSession,
  SessionListQuestion,
} from '../../../../ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
} from '../../../../ports/read-model/slices.js';
import { BlockCache } from './block-cache.js';
import { dayOfRow, holds, nameOf, type BlockPlace } from './block-place.js';
import { Block } from './block.js';
import { Dictionaries } from './dictionary.js';
import type { CancelFlag } from './cancellation.js';
import { readRetention } from './retention-reading.js';
import { listSessions } from './session-list.js';
import { SessionRows, type KeyedSession } from './session-rows.js';
import { SliceSums } from './slice-sums.js';
import { Stretches } from './stretches.js';

/** Answers questions from blocks of sessions, which it keeps and brings up to date. */
export class Slicer {
  private cache = new BlockCache();
  private dictionaries = new Dictionaries();
  private file: SessionRows | undefined;
  /** The state that the blocks hold: a file, and the number of its last change. */
  private seen: { readonly fileId: string; readonly last: number } | undefined;

  /** `bytesMax` limits the blocks together with the dictionaries. */
  constructor(private readonly bytesMax: number) {}

  /** The bytes in use. */
  get bytes(): number {
    return this.cache.bytes + this.dictionaries.bytes;
  }

  /** Answers on one state of the file; throws Cancelled if nobody waits for the answer. */
  answer(request: SliceRequest): readonly SliceAnswer[] {
    return this.onOneState(request, (rows) => {
      this.catchUp(rows);
      return request.questions.map((question) => this.sumUp(rows, question));
    });
  }

  /** Answers from the documents of one state of the file. */
  retention(request: RetentionRequest): RetentionAnswer {
    return this.onOneState(request, (rows) => readRetention(rows, request.question));
  }

  /** Lists on one state of the file, past the blocks. */
  list(request: SessionListRequest): readonly ListedSession[] {
    return this.onOneState(request, (rows) => listSessions(rows, request.question));
  }

  /** Sums up the sessions of one state of the file that were heard of lately, past the blocks. */
  live(request: LiveRequest): readonly LiveSums[] {
    const { question } = request;
    return this.onOneState(request, (rows) => {
      const groups = new LiveGroups(question);
      for (const sessions of rows.heardOfSince(heardOfFrom(question))) {
        for (const [, session] of sessions) groups.add(session);
      }
      return groups.sums();
    });
  }

  /** Closes the file. */
  close(): void {
    this.file?.close();
    this.file = undefined;
  }

  private onOneState<Answer>(
    { path, cancelFlag }: FileRequest,
    read: (rows: SessionRows) => Answer,
  ): Answer {
    const rows = this.opened(path);
    try {
      rows.begin(cancelFlag);
      const answer = read(rows);
      rows.end();
      return answer;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private opened(path: string): SessionRows {
    if (this.file?.areAt(path) === true) return this.file;
    this.close();
    this.file = new SessionRows(path);
    return this.file;
  }

  private sumUp(rows: SessionRows, slice: Slice): SliceAnswer {
    const stretches = new Stretches(slice.stretches);
    const sums = new SliceSums(slice, stretches, this.dictionaries);
    if (stretches.length === 0) return sums.answer();
    const titles = slice.mediaIds === undefined ? [undefined] : new Set(slice.mediaIds);
    for (const mediaId of titles) {
      const scope = { mediaId, slots: slice.slots };
      this.addTitle(rows, { scope, stretches, sums, isPeakWanted: slice.parts.peak });
    }
    return sums.answer();
  }

  private addTitle(rows: SessionRows, { scope, stretches, sums, isPeakWanted }: Summing): void {
    const ranges = stretches.days();
    const days = new Set(ranges.flatMap((range) => rows.startedDays(range, scope.mediaId)));
    const started = [...days].map((day): BlockPlace => ({ kind: 'started', day, ...scope }));
    for (const block of this.blocksAt(started, rows)) sums.addStarted(block);
    const [first = 0] = ranges[0] ?? [];
    const reached = isPeakWanted ? rows.reachedDays(first) : [];
    const places = reached.map((day): BlockPlace => ({ kind: 'reached', day, ...scope }));
    for (const block of this.blocksAt(places, rows)) sums.addReached(block, days);
  }

  /** Returns blocks one by one. Those in memory come first, before others take their room. */
  private *blocksAt(places: readonly BlockPlace[], rows: SessionRows): Generator<Block> {
    const known = places.filter((place) => this.cache.has(nameOf(place)));
    const others = places.filter((place) => !this.cache.has(nameOf(place)));
    for (const place of [...known, ...others]) {
      rows.assertWanted();
      yield this.cache.use(nameOf(place)) ?? this.read(place, rows);
    }
  }

  /** Reads a block. A block that is known to change is made changeable. */
  private read(place: BlockPlace, rows: SessionRows): Block {
    const isChanging = this.cache.hasChanged(nameOf(place));
    // The day of a start never changes. A session may come to reach another day, or none.
    const hasKeys = isChanging || place.kind === 'reached';
    const block = new Block(place, this.dictionaries, hasKeys ? new Map() : undefined);
    for (const sessions of rows.of(place)) {
      for (const [key, session] of sessions) if (holds(place, session)) block.put(key, session);
    }
    if (!isChanging) block.trim();
    this.cache.keep(block);
    this.shrink();
    return block;
  }

  private shrink(): void {
    this.cache.shrink(this.bytesMax - this.dictionaries.bytes);
  }

  /** Brings the blocks up to date, or forgets them all. */
  private catchUp(rows: SessionRows): void {
    const fileId = rows.fileId();
    const isSame = this.seen?.fileId === fileId;
    const { last, keys } = rows.changesSince(isSame ? this.seen?.last : undefined);
    const isFull = this.dictionaries.bytes > DICTIONARY_SHARE * this.bytesMax;
    // After a failure amid the changes nothing is known.
    this.seen = undefined;
    if (keys === undefined || isFull) {
      this.cache = new BlockCache();
      this.dictionaries = new Dictionaries();
    } else this.change([...new Set(keys)], rows);
    this.seen = { fileId, last };
  }

  private change(keys: readonly string[], rows: SessionRows): void {
    if (this.cache.all().length === 0) return;
    const gone = new Set(keys);
    for (const sessions of rows.ofKeys(keys)) {
      for (const [key] of sessions) gone.delete(key);
      this.put(sessions);
    }
    if (gone.size > 0) this.remove(gone);
    this.shrink();
  }

  private put(sessions: readonly KeyedSession[]): void {
    const byDay = { started: byDays('started', sessions), reached: byDays('reached', sessions) };
    for (const block of this.cache.all()) {
      const { kind, day, mediaId } = block.place;
      const here = (byDay[kind].get(day) ?? []).filter(
        ([, session]) => mediaId === undefined || session.mediaId === mediaId,
      );
      const left = kind === 'started' ? [] : sessions.filter(hasLeft(block));
      const changed = [...here, ...left];
      if (changed.length === 0) continue;
      if (!block.isChangeable) {
        this.cache.drop(block);
        continue;
      }
      for (const [key, session] of changed) {
        if (holds(block.place, session)) block.put(key, session);
        else block.remove(key);
      }
      this.cache.keep(block);
    }
  }

  private remove(keys: ReadonlySet<string>): void {
    for (const block of this.cache.all()) {
      if (!block.isChangeable) this.cache.drop(block);
      for (const key of keys) block.remove(key);
    }
  }
}

/**
 * The share of the bytes that dictionaries may take. Beyond it everything is forgotten, as
 * dictionaries do not shrink.
 */
const DICTIONARY_SHARE = 1 / 2;

/** The members of all questions. */
interface FileRequest {
  /** The file of the generation. */
  readonly path: string;
  readonly cancelFlag?: CancelFlag | undefined;
}

/** Questions about the sessions in the file of a generation. */
export interface SliceRequest extends FileRequest {
  readonly questions: readonly Slice[];
}

/** A question about what was shown of a title in that file. */
export interface RetentionRequest extends FileRequest {
  readonly question: RetentionQuestion;
}

/** A question about what sessions in that file do at a moment. */
export interface LiveRequest extends FileRequest {
  readonly question: LiveQuestion;
}

/** A question for a page of the sessions in that file. */
export interface SessionListRequest extends FileRequest {
  readonly question: SessionListQuestion;
}

/** One title, or all of them, of a slice that is being summed up. */
interface Summing {
  readonly scope: { readonly mediaId: string | undefined; readonly slots: Slots };
  readonly stretches: Stretches;
  readonly sums: SliceSums;
  readonly isPeakWanted: boolean;
}

/** Finds the sessions of a block that belong to it no more. */
const hasLeft =
  (block: Block) =>
  ([key, session]: KeyedSession): boolean =>
    block.has(key) && dayOfRow(block.place.kind, session) !== block.place.day;

/** Returns sessions by the days of the blocks that hold them. */
function byDays(
  kind: BlockPlace['kind'],
  sessions: readonly KeyedSession[],
): ReadonlyMap<number, readonly KeyedSession[]> {
  const found = new Map<number, KeyedSession[]>();
  for (const keyed of sessions) {
    const day = dayOfRow(kind, keyed[1]);
    if (day === undefined) continue;
    const those = found.get(day);
    if (those === undefined) found.set(day, [keyed]);
    else those.push(keyed);
  }
  return found;
}
