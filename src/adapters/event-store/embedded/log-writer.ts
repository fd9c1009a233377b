import { LOG_START, NO_STREAM, type AppendOutcome } from '../../../ports/event-store.js';
import { closeForWriting, inTransaction, type Connection } from '../../sqlite/database.js';
import { LogReader } from './log-reader.js';
import { LOG_DATABASE } from './log-schema.js';

/** A stream append on its way to the file. */
export interface SerializedAppend {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly SerializedEvent[];
}
export interface SerializedEvent {
  readonly id: string;
  /** What follows `revision, previous` in the event's body, as JSON text. */
  readonly rest: string;
}

/** Where a stream stands; `id` is the number that the log knows it by. */
interface StreamHead {
  readonly id: number;
  readonly revision: number;
  readonly last: number;
}

/** Stream heads remembered, so that most appends look nothing up; about 100 bytes each. */
const HEADS_MAX = 100_000;
const REWRITE_VERSION = `user_version = ${String(LOG_DATABASE.schemaVersion)}`;

/** Writes the log's file; one writer to a file. Every row goes in through one JSON parameter. */
export class LogWriter {
  private readonly reader;
  private readonly insertEvents;
  private readonly saveHeads;
  private readonly findHead;
  private readonly lastStream;
  private readonly heads = new Map<string, StreamHead>();
  /** What the transaction under way has yet to write. */
  private eventRows: unknown[][] = [];
  private headRows = new Map<string, unknown[]>();
  private position = LOG_START;
  private streamId = 0;

  constructor(private readonly connection: Connection) {
    this.reader = new LogReader(connection);
    this.insertEvents = connection.prepare(
      'INSERT INTO events SELECT value->>0, value->>1, value->>2 FROM json_each(?)',
    );
    this.saveHeads = connection.prepare(
      `INSERT INTO streams SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?)
       WHERE true ON CONFLICT (id) DO UPDATE
         SET revision = excluded.revision, last = excluded.last`,
    );
    this.findHead = connection
      .prepare('SELECT id, revision, last FROM streams WHERE name = ?')
      .raw();
    this.lastStream = connection.prepare('SELECT max(id) FROM streams').raw();
    this.forget();
  }

  /**
   * Appends in one durable transaction. If it throws, nothing of it is stored. With nothing to
   * append it writes what changes nothing: whether it can be written is known by it.
   */
  append(appends: readonly SerializedAppend[]): readonly AppendOutcome[] {
    try {
      return inTransaction(this.connection, () => {
        if (appends.length === 0) this.connection.pragma(REWRITE_VERSION);
        const outcomes = appends.map((append) => this.appendOne(append));
        this.flush();
        return outcomes;
      });
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  close(): void {
    closeForWriting(this.connection);
  }

  private appendOne({ stream, expectedRevision, events }: SerializedAppend): AppendOutcome {
    const head = this.headOf(stream);
    if (head.revision !== expectedRevision)
      return this.repetitionOf(stream, expectedRevision, events);
    let { revision, last } = head;
    for (const { rest } of events) {
      revision += 1;
      this.position += 1;
      const body = `[${String(revision)},${String(last)},${rest}]`;
      last = this.position;
      this.eventRows.push([last, head.id, body]);
    }
    this.heads.set(stream, { id: head.id, revision, last });
    this.headRows.set(stream, [head.id, stream, revision, last]);
    return { kind: 'appended', position: last, revision };
  }

  private headOf(stream: string): StreamHead {
    const known = this.heads.get(stream);
    if (known !== undefined) return known;
    const row = this.findHead.get(stream);
    if (row !== undefined) {
      const [id, revision, last] = row as [number, number, number];
      return { id, revision, last };
    }
    this.streamId += 1;
    return { id: this.streamId, revision: NO_STREAM, last: LOG_START };
  }

  /** The outcome of an append that is stored already, or a conflict. */
  private repetitionOf(
    stream: string,
    expectedRevision: number,
    events: readonly SerializedEvent[],
  ): AppendOutcome {
    this.flush();
    const first = expectedRevision + 1;
    const found = this.reader.readStream(stream).slice(first, first + events.length);
    const last = found.at(-1);
    const isSame =
      found.length === events.length && found.every(({ id }, i) => id === events[i]?.id);
    if (!isSame || last === undefined) return { kind: 'conflict' };
    return { kind: 'appended', position: last.position, revision: last.revision };
  }

  private flush(): void {
    if (this.eventRows.length === 0) return;
    this.insertEvents.run(JSON.stringify(this.eventRows));
    this.saveHeads.run(JSON.stringify([...this.headRows.values()]));
    this.eventRows = [];
    this.headRows = new Map();
    if (this.heads.size > HEADS_MAX) this.heads.clear();
  }

  /** Drops all that is remembered, for what the file says. */
  private forget(): void {
    this.heads.clear();
    this.eventRows = [];
    this.headRows = new Map();
    this.position = this.reader.head();
    this.streamId = Number(this.lastStream.get()?.[0] ?? 0);
  }
}
