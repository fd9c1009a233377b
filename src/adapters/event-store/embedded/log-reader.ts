import {
  LOG_START,
  NO_STREAM,
  type LogPage,
  type StoredEvent,
} from '../../../ports/event-store.js';
import type { SqliteConnection } from '../../sqlite/database.js';
import {
  BLOCK_EVENTS_MAX,
  damagedAt,
  eventAt,
  eventsIn,
  wholeEvents,
  type Block,
  type BlockRun,
  type LinkedEvent,
} from './event-block.js';

/** Reads the log's file. */
export class EmbeddedLogReader {
  private readonly blocks;
  private readonly run;
  private readonly before;
  private readonly stream;
  private readonly lastBlock;
  private readonly lastIndexed;
  /** The number of blocks that hold about as many events as are read at once. */
  private blocksAtOnce = 1;
  /** The block that was read last for a single event: the next one is often beside it. */
  private recent = NO_BLOCK;

  constructor(private readonly connection: SqliteConnection) {
    this.blocks = connection
      .prepare(`SELECT ${BLOCK_COLUMNS} FROM blocks WHERE last > ? ORDER BY last LIMIT ?`)
      .raw();
    this.run = connection
      .prepare(
        `SELECT max(last), group_concat(checksum), group_concat(octet_length(body)),
           CAST(group_concat(body, ',' || char(10)) AS BLOB)
         FROM (
           SELECT last, CAST(checksum AS INT) AS checksum, coalesce(body, '') AS body
           FROM blocks WHERE last > ? ORDER BY last LIMIT ?
         )`,
      )
      .raw();
    this.before = connection.prepare('SELECT max(last) FROM blocks WHERE last < ?').raw();
    this.stream = connection
      .prepare('SELECT CAST(revision AS INT), CAST(last AS INT) FROM heads WHERE name = ?')
      .raw();
    this.lastBlock = connection.prepare('SELECT max(last) FROM blocks').raw();
    this.lastIndexed = connection.prepare('SELECT CAST(max(position) AS INT) FROM indexed').raw();
  }

  readAll(after: number, limit: number): LogPage {
    const events: StoredEvent[] = [];
    let scanned = after;
    let isEnd = false;
    while (events.length < limit && !isEnd) {
      const wanted = this.blocksAtOnce;
      const run = this.runAfter(scanned, wanted);
      const found = this.eventsOf(run, scanned);
      for (const event of found) events.push(event);
      scanned = Math.max(scanned, run.last);
      isEnd = run.checksums.length < wanted;
      const blocks = Math.ceil((RUN_EVENTS * wanted) / Math.max(1, found.length));
      this.blocksAtOnce = Math.min(BLOCKS_AT_ONCE_MAX, blocks);
    }
    if (events.length <= limit) return { events, scanned, isEnd: events.length < limit };
    const page = events.slice(0, limit);
    return { events: page, scanned: page.at(-1)?.position ?? after, isEnd: false };
  }

  readAt(position: number): StoredEvent | undefined {
    const linked = this.linkedAt(position);
    if (linked !== undefined) return linked.event;
    const [block] = this.blocksAfter(position - 1, 1);
    if (block === undefined) return undefined;
    const after = Number(this.before.get(position)?.[0] ?? LOG_START);
    return eventsIn(block, after).find((event) => event.position === position);
  }

  /**
   * Reads a stream's events up to its end, from a revision on, in several steps; undefined if their
   * chain is broken.
   */
  *walk(
    stream: string,
    { revision, last }: StreamHead,
    first = 0,
  ): Generator<void, readonly StoredEvent[] | undefined> {
    const events: StoredEvent[] = [];
    for (let at = last; at > LOG_START && revision - events.length >= first;) {
      const linked = this.linkedAt(at);
      if (linked === undefined || linked.previous >= at) return undefined;
      const { event, previous } = linked;
      const isNext = event.stream === stream && event.revision === revision - events.length;
      if (!isNext) return undefined;
      events.push(event);
      at = previous;
      if (events.length % WALK_EVENTS === 0) yield;
    }
    return events.length === revision + 1 - first ? events.reverse() : undefined;
  }

  /**
   * Finds a stream's events by reading the whole log, in several steps: for where the log is
   * damaged. An unreadable event comes with its `damage`, at its revision.
   */
  *search(stream: string, head: StreamHead | undefined): Generator<void, readonly StoredEvent[]> {
    const found = new Map<number, StoredEvent>();
    for (let after = LOG_START, isEnd = false; !isEnd;) {
      const page = this.readAll(after, SEARCH_EVENTS);
      for (const event of page.events) {
        if (event.stream === stream) found.set(event.revision, event);
      }
      ({ scanned: after, isEnd } = page);
      yield;
    }
    return withGaps(
      stream,
      found,
      head !== undefined && this.isEnd(stream, head) ? head : undefined,
    );
  }

  /** Says whether a stream can end there: its last event, or an unreadable one, is there. */
  isEnd(stream: string, { revision, last }: StreamHead): boolean {
    const event = this.readAt(last);
    if (event?.damage !== undefined) return true;
    return event?.stream === stream && event.revision === revision;
  }

  /** Finds the ends of the streams that were written to since the index was brought up to date. */
  unindexed(): ReadonlyMap<string, StreamHead> {
    const heads = new Map<string, StreamHead>();
    for (let after = this.indexed(), isEnd = false; !isEnd;) {
      const page = this.readAll(after, SEARCH_EVENTS);
      for (const { stream, revision, position, damage } of page.events) {
        if (damage === undefined) heads.set(stream, { revision, last: position });
      }
      ({ scanned: after, isEnd } = page);
    }
    return heads;
  }

  /** Returns the end of a stream, as far as the index goes. */
  headOf(stream: string): StreamHead | undefined {
    const row = this.stream.get(stream);
    if (row === undefined) return undefined;
    const [revision, last] = row as [number, number];
    return { revision, last };
  }

  head(): number {
    return Number(this.lastBlock.get()?.[0] ?? LOG_START);
  }

  /** Returns the position up to which the index of streams goes. */
  indexed(): number {
    return Number(this.lastIndexed.get()?.[0] ?? LOG_START);
  }

  /** Drops the block that was read last: it may never have been committed. */
  forget(): void {
    this.recent = NO_BLOCK;
  }

  close(): void {
    this.connection.close();
  }

  /** Returns the event at a position; undefined if it is not whole, or not there. */
  private linkedAt(position: number): LinkedEvent | undefined {
    const near = this.recent;
    const isNear = position <= near.last && position > near.last - BLOCK_EVENTS_MAX;
    const known = isNear ? eventAt(near, position) : undefined;
    if (known !== undefined) return known;
    const [block] = this.blocksAfter(position - 1, 1);
    if (block === undefined) return undefined;
    this.recent = block;
    return eventAt(block, position);
  }

  private eventsOf(run: BlockRun, after: number): readonly StoredEvent[] {
    const whole = wholeEvents(run, after);
    if (whole !== undefined) return whole;
    let scanned = after;
    return this.blocksAfter(after, run.checksums.length).flatMap((block) => {
      const events = eventsIn(block, scanned);
      scanned = block.last;
      return events;
    });
  }

  private runAfter(position: number, blocks: number): BlockRun {
    const row = this.run.get(position, blocks) ?? [];
    const [last, checksums, lengths, body] = row as [number, string, string, Buffer | null];
    if (body === null) return { last, checksums: [], lengths: [], body: Buffer.alloc(0) };
    return { last, checksums: numbersIn(checksums), lengths: numbersIn(lengths), body };
  }

  private blocksAfter(position: number, limit: number): readonly Block[] {
    return this.blocks.all(position, limit).map((row) => {
      const [last, checksum, body] = row as [number, number, Buffer];
      return { last, checksum, body };
    });
  }
}

/** A damaged text must not reach the driver as text: it would end the process. */
const BLOCK_COLUMNS = "last, CAST(checksum AS INT), CAST(coalesce(body, '') AS BLOB)";
/** The events, roughly, and at most the blocks that are read at once. */
const RUN_EVENTS = 200;
const BLOCKS_AT_ONCE_MAX = 200;
const NO_BLOCK: Block = { last: LOG_START, checksum: 0, body: Buffer.alloc(0) };
const NOT_FOUND = 'the event cannot be read';
/** Events read in a step of a search. */
const SEARCH_EVENTS = 5_000;
/** Events read in a step of a walk. */
const WALK_EVENTS = 200;

/** The end of a stream. */
export interface StreamHead {
  readonly revision: number;
  readonly last: number;
}

const numbersIn = (list: string): readonly number[] => list.split(',').map(Number);

/** Orders events by revision, and fills the gaps with damaged ones. */
function withGaps(
  stream: string,
  found: ReadonlyMap<number, StoredEvent>,
  head: StreamHead | undefined,
): readonly StoredEvent[] {
  const greatest = Math.max(NO_STREAM, ...found.keys());
  const revisions = Math.max(greatest, head?.revision ?? NO_STREAM) + 1;
  const events: StoredEvent[] = [];
  for (let revision = 0; revision < revisions; revision += 1) {
    const before = events.at(-1);
    const isLast = revision === head?.revision;
    const position = isLast ? head.last : (before?.position ?? LOG_START);
    const gap = damagedAt(position, before?.recordedAt ?? Date.now(), NOT_FOUND);
    events.push(found.get(revision) ?? { ...gap, stream, revision });
  }
  return events;
}
