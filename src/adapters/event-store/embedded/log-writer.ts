import { crc32 } from 'node:zlib';
import {
  LOG_START,
  NO_STREAM,
  repetitionOrConflict,
  type AppendOutcome,
} from '../../../ports/event-store.js';
import { closeForWriting, inTransaction, type SqliteConnection } from '../../sqlite/database.js';
import { codeOf } from '../../sqlite/file-faults.js';
import { BLOCK_EVENTS_MAX, bodyOf, damagedLine, lineOf } from './event-block.js';
import { EmbeddedLogReader, type StreamHead } from './log-reader.js';
import { LOG_DATABASE } from './log-schema.js';
import { DROP_OLD_TABLES, type CopiedEvent, type UnreadText } from './old-log.js';
import type { SerializedAppend } from './packed-appends.js';

/** Writes the log's file; a file has one writer. */
export class LogWriter {
  private readonly reader;
  private readonly insertBlock;
  private readonly saveHeads;
  private readonly saveIndexed;
  private readonly heads = new Map<string, StreamHead>();
  /** The heads that the index does not know yet. */
  private readonly unindexed = new Map<string, StreamHead>();
  /** The lines that the transaction under way has yet to write. */
  private lines: string[] = [];
  private position = LOG_START;
  private lastIndexed = LOG_START;
  /** Says whether the state in memory is the file's. */
  private isLoaded = false;

  constructor(private readonly connection: SqliteConnection) {
    this.reader = new EmbeddedLogReader(connection);
    this.insertBlock = connection.prepare('INSERT INTO blocks VALUES (?, ?, ?)');
    this.saveHeads = connection.prepare(
      `INSERT OR REPLACE INTO heads SELECT value->>0, value->>1, value->>2 FROM json_each(?)`,
    );
    this.saveIndexed = connection.prepare('UPDATE indexed SET position = ?');
    this.load();
  }

  /** The position of the last event. */
  get head(): number {
    return this.position;
  }

  /** The position up to which the index of streams goes, for readers. */
  get indexed(): number {
    return this.lastIndexed;
  }

  /**
   * Appends in one durable transaction. If it throws, nothing of it is stored. Without appends it
   * makes a write that changes nothing, which tells whether the file can be written.
   */
  append(appends: readonly SerializedAppend[]): readonly AppendOutcome[] {
    return this.writing(() => {
      if (appends.length === 0) this.connection.pragma(REWRITE_VERSION);
      const outcomes = appends.map((append) => this.appendOne(append));
      this.flush();
      if (this.position - this.lastIndexed >= INDEX_EVENTS) this.index();
      return outcomes;
    });
  }

  /**
   * Takes over events of another log in one durable transaction, each to the next position. An
   * event that does not follow its stream's last keeps its place as unreadable. Events that the
   * stream lacks are lacking here, too.
   */
  takeOver(events: readonly (CopiedEvent | UnreadText)[]): void {
    this.writing(() => {
      for (const event of events) {
        if ('stream' in event && this.isBehindItsStream(event)) {
          const { last } = this.headOf(event.stream);
          this.put(event.stream, { revision: event.revision - 1, last }, [event.rest]);
        } else {
          this.position += 1;
          this.write(damagedLine(this.position, event.text));
        }
      }
      this.flush();
      this.index();
    });
  }

  /** Says whether an event directly follows the last of its stream, or unreadable ones after it. */
  private isBehindItsStream({ stream, revision, previous }: CopiedEvent): boolean {
    const head = this.headOf(stream);
    const isNext = revision === head.revision + 1 && previous === head.last;
    const isAfterDamage = revision > head.revision + 1 && previous > head.last;
    return isNext || (isAfterDamage && previous <= this.position);
  }

  /** Makes the file a log of the present schema: drops the tables that it was taken over from. */
  complete(): void {
    inTransaction(this.connection, () => {
      this.connection.exec(DROP_OLD_TABLES);
      this.connection.pragma(REWRITE_VERSION);
    });
  }

  close(): void {
    try {
      if (this.isLoaded && this.unindexed.size > 0) {
        this.writing(() => {
          this.index();
        });
      }
    } catch (error) {
      // On a full disk, say, the index stays behind. The next start finds the rest by reading.
      if (codeOf(error) === undefined) throw error;
    } finally {
      closeForWriting(this.connection);
    }
  }

  /** Writes in one transaction. If that fails, the next write first reads the state anew. */
  private writing<Result>(work: () => Result): Result {
    if (!this.isLoaded) this.load();
    try {
      return inTransaction(this.connection, work);
    } catch (error) {
      this.isLoaded = false;
      throw error;
    }
  }

  private appendOne(append: SerializedAppend): AppendOutcome {
    const { stream, expectedRevision, events } = append;
    const head = this.headOf(stream);
    if (head.revision !== expectedRevision) return this.repetitionOf(append, head);
    const { revision, last: position } = this.put(stream, head, events);
    return { kind: 'appended', position, revision };
  }

  /** Adds events to a stream, and returns its new end. */
  private put(stream: string, head: StreamHead, events: readonly string[]): StreamHead {
    const name = JSON.stringify(stream);
    let { revision, last } = head;
    for (const rest of events) {
      revision += 1;
      this.position += 1;
      const place = `${String(this.position)},${String(revision)},${String(last)}`;
      this.write(lineOf(`${place},${name},${rest}`));
      last = this.position;
    }
    const newHead = { revision, last };
    this.heads.set(stream, newHead);
    this.unindexed.set(stream, newHead);
    return newHead;
  }

  private headOf(stream: string): StreamHead {
    const known = this.heads.get(stream) ?? this.unindexed.get(stream);
    if (known !== undefined) return known;
    const indexed = this.reader.headOf(stream);
    if (indexed === undefined) return NEW_STREAM;
    const head = this.reader.isEnd(stream, indexed) ? indexed : this.searchedHead(stream);
    this.heads.set(stream, head);
    return head;
  }

  /** Finds the end of a stream whose index entry is damaged. */
  private searchedHead(stream: string): StreamHead {
    const end = finished(this.reader.search(stream, undefined)).at(-1);
    return end === undefined ? NEW_STREAM : { revision: end.revision, last: end.position };
  }

  /** Returns the outcome of an append that is stored already, or a conflict. */
  private repetitionOf(
    { stream, expectedRevision, events }: SerializedAppend,
    head: StreamHead,
  ): AppendOutcome {
    const behind = head.revision - (expectedRevision + events.length);
    // A command repeats an append soon: a stream far ahead means a conflict, without reading.
    if (behind < 0 || behind > REPETITION_EVENTS_MAX) return { kind: 'conflict' };
    this.flush();
    const found = finished(this.reader.walk(stream, head, expectedRevision + 1)) ?? [];
    return repetitionOrConflict(events.map(idIn), found);
  }

  private write(line: string): void {
    this.lines.push(line);
    if (this.lines.length === BLOCK_EVENTS_MAX) this.flush();
  }

  /** Writes the block under way. */
  private flush(): void {
    if (this.lines.length === 0) return;
    const body = bodyOf(this.lines);
    this.insertBlock.run(this.position, crc32(body), body);
    this.lines = [];
  }

  /** Brings the index of streams up to date, within a transaction. */
  private index(): void {
    const rows = [...this.unindexed].map(([name, { revision, last }]) => [name, revision, last]);
    this.saveHeads.run(JSON.stringify(rows));
    this.saveIndexed.run(this.position);
    this.unindexed.clear();
    this.lastIndexed = this.position;
    if (this.heads.size > HEADS_MAX) this.heads.clear();
  }

  /** Replaces the state in memory by the file's, and reads the ends that the index lacks. */
  private load(): void {
    this.reader.forget();
    this.heads.clear();
    this.unindexed.clear();
    this.lines = [];
    this.position = this.reader.head();
    this.lastIndexed = this.reader.indexed();
    for (const [stream, head] of this.reader.unindexed()) this.unindexed.set(stream, head);
    this.isLoaded = true;
  }
}

/** Stream heads in memory, so that most appends look nothing up; about 100 bytes each. */
const HEADS_MAX = 100_000;
/** Events between two updates of the index of streams: an update a commit would write more. */
const INDEX_EVENTS = 2_000;
/** Events that may follow a repeated append's in its stream, for it to be known as a repetition. */
const REPETITION_EVENTS_MAX = 100;
const REWRITE_VERSION = `user_version = ${String(LOG_DATABASE.schemaVersion)}`;
const NEW_STREAM: StreamHead = { revision: NO_STREAM, last: LOG_START };

/** Runs all steps of a generator and returns its result. */
function finished<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Reads the id of an event on its way. */
const idIn = (rest: string): string => (JSON.parse(`[${rest}]`) as readonly [unknown, string])[1];
