import { setImmediate as nextTurn } from 'node:timers/promises';
import { LOG_START, NO_STREAM, type StoredEvent } from '../../../ports/event-store.js';
import { openForReading } from '../../sqlite/database.js';
import { EmbeddedLogReader, type StreamHead } from './log-reader.js';

/**
 * Reads a whole log, in use or not: each event against its checksum and its place in its stream,
 * and the index of streams against the events. Takes some 200 bytes of memory for each stream.
 */
export async function checkLog(options: LogCheckOptions): Promise<LogCheckReport> {
  const { path, onProgress, signal } = options;
  const reader = new EmbeddedLogReader(openForReading(path));
  try {
    const total = reader.head();
    const check = new LogCheck();
    for (let after = LOG_START; after < total;) {
      signal?.throwIfAborted();
      const page = reader.readAll(after, Math.min(PAGE_EVENTS, total - after));
      for (const event of page.events) check.event(event);
      after = page.scanned;
      onProgress?.(after, total);
      await nextTurn();
    }
    check.index(reader, total);
    return check.report(total);
  } finally {
    reader.close();
  }
}

/** Events that are read between two turns of other work. */
const PAGE_EVENTS = 5_000;
/** Faults that the report names; the others are counted. */
const NAMED_MAX = 100;

/** A part of a log that is not as it was written. */
interface LogFault {
  readonly position: number;
  readonly reason: string;
}

export interface LogCheckReport {
  readonly events: number;
  readonly streams: number;
  /** The number of faults, and the first of them in the order of the log. */
  readonly faults: number;
  readonly named: readonly LogFault[];
}

export interface LogCheckOptions {
  readonly path: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

class LogCheck {
  private readonly heads = new Map<string, StreamHead>();
  private readonly named: LogFault[] = [];
  private faults = 0;
  /** Damaged events so far: as many may be missing in their streams. */
  private damaged = 0;

  event({ stream, revision, position, damage }: StoredEvent): void {
    if (damage !== undefined) {
      this.damaged += 1;
      this.fault(position, damage);
      return;
    }
    const expected = (this.heads.get(stream)?.revision ?? NO_STREAM) + 1;
    const missing = revision - expected;
    if (missing < 0) this.fault(position, `revision ${String(revision)} comes again in ${stream}`);
    else if (missing > this.damaged) {
      this.fault(position, `${stream} lacks ${String(missing)} events before this one`);
    }
    this.heads.set(stream, { revision, last: position });
  }

  /** Checks the index of streams, as far as it goes. */
  index(reader: EmbeddedLogReader, total: number): void {
    const indexed = reader.indexed();
    if (indexed > reader.head()) this.fault(indexed, 'the index goes beyond the end of the log');
    for (const [stream, { revision, last }] of this.heads) {
      if (last > indexed) continue;
      const found = reader.headOf(stream);
      // The stream may have been written to since, or its end may be one of the damaged events.
      const isLater =
        found !== undefined &&
        (found.last > total || (found.last > last && this.isMissing(reader, found.last)));
      const isRight = isLater || (found?.last === last && found.revision === revision);
      if (!isRight) this.fault(last, `the index does not know where ${stream} ends`);
    }
  }

  private isMissing(reader: EmbeddedLogReader, position: number): boolean {
    return this.damaged > 0 && reader.readAt(position)?.damage !== undefined;
  }

  report(events: number): LogCheckReport {
    return { events, streams: this.heads.size, faults: this.faults, named: this.named };
  }

  private fault(position: number, reason: string): void {
    this.faults += 1;
    if (this.named.length < NAMED_MAX) this.named.push({ position, reason });
  }
}
