import { LOG_START, type EventLog, type StoredEvent } from '../ports/event-store.js';
import type { CopyProgress } from './copy-log.js';
import { firstDifference } from './same-events.js';

const PAGE_EVENTS = 2_000;
/** Events of a copy that may wait for their counterparts: a copy is in order, batch by batch. */
const EARLY_EVENTS_MAX = 10 * PAGE_EVENTS;

/** The outcome of a comparison of a log with its copy. */
export interface Comparison {
  readonly streams: number;
  /** Events of the source that the copy holds, at the same revision and with the same content. */
  readonly events: number;
  /** Events that the copy's streams hold beyond the source's, written since it was made. */
  readonly further: number;
  /** The first stream that lacks an event or has another in its place. */
  readonly difference: { readonly stream: string; readonly revision: number } | undefined;
}

export interface CompareOptions {
  readonly source: EventLog;
  readonly target: EventLog;
  /** The identity's stream: of its events in the copy, only those that the log has too count. */
  readonly identityStream: string;
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Reads a log and its copy side by side, page by page, and compares them event by event up to the
 * first difference. The copy is in about the same order, so that memory does not grow with the log:
 * an event that one side has shown is kept until the other side shows it.
 */
export async function compareLogs(options: CompareOptions): Promise<Comparison> {
  const { source, onProgress, signal } = options;
  const total = await source.head();
  const copy = new ComparedCopy(options);
  const found = { streams: 0, events: 0 };
  for (let after = LOG_START; ;) {
    signal?.throwIfAborted();
    const { events, scanned } = await source.readAll(after, PAGE_EVENTS);
    if (scanned === after) break;
    const other = await copy.firstUnlike(events);
    if (other !== undefined) {
      const { stream, revision } = other;
      return { ...found, further: 0, difference: { stream, revision } };
    }
    found.streams += events.filter(({ revision }) => revision === 0).length;
    found.events += events.length;
    onProgress?.({ done: scanned, total });
    after = scanned;
  }
  return { ...found, further: await copy.countFurther(), difference: undefined };
}

class ComparedCopy {
  private scanned = LOG_START;
  private isEnd = false;
  /** Events that the copy has shown and the log has not yet. */
  private readonly early = new Map<string, StoredEvent>();
  /** Events that were looked up in their streams, as the copy had not shown them yet. */
  private readonly lookedUp = new Set<string>();

  constructor(private readonly options: CompareOptions) {}

  /** Returns the first of the log's next events that the copy lacks or has otherwise. */
  async firstUnlike(events: readonly StoredEvent[]): Promise<StoredEvent | undefined> {
    let missing = events;
    for (;;) {
      const waiting: StoredEvent[] = [];
      for (const event of missing) {
        const theirs = this.early.get(this.keyOf(event));
        if (theirs === undefined) waiting.push(event);
        else if (!this.isLike(event, theirs)) return event;
        this.early.delete(this.keyOf(event));
      }
      if (waiting.length === 0) return undefined;
      if (this.isEnd) return waiting[0];
      if (this.early.size > EARLY_EVENTS_MAX) return this.lookUp(waiting);
      await this.readOn();
      missing = waiting;
    }
  }

  /** Counts the events of the log's streams beyond the log, once the whole log was compared. */
  async countFurther(): Promise<number> {
    let further = 0;
    for (;;) {
      this.options.signal?.throwIfAborted();
      const isOfLog = new Map<string, boolean>();
      for (const { stream } of this.early.values()) {
        if (stream === this.options.identityStream) continue;
        if (!isOfLog.has(stream)) isOfLog.set(stream, await this.isInLog(stream));
        if (isOfLog.get(stream) === true) further += 1;
      }
      this.early.clear();
      if (this.isEnd) return further;
      await this.readOn();
    }
  }

  /** Names an event: by its id in the identity's stream, as a copy may hold others in between. */
  private keyOf({ stream, revision, id }: StoredEvent): string {
    return `${stream === this.options.identityStream ? id : String(revision)}@${stream}`;
  }

  private isLike(ours: StoredEvent, theirs: StoredEvent): boolean {
    const { revision } = ours;
    return firstDifference([ours], [{ ...theirs, revision }]) === undefined;
  }

  private async isInLog(stream: string): Promise<boolean> {
    return (await this.options.source.readLast(stream)) !== undefined;
  }

  private async readOn(): Promise<void> {
    const page = await this.options.target.readAll(this.scanned, PAGE_EVENTS);
    this.scanned = page.scanned;
    this.isEnd = page.isEnd;
    for (const event of page.events) {
      if (!this.lookedUp.delete(this.keyOf(event))) this.early.set(this.keyOf(event), event);
    }
  }

  private async lookUp(events: readonly StoredEvent[]): Promise<StoredEvent | undefined> {
    for (const event of events) {
      const held = await this.options.target.readStream(event.stream);
      const theirs = held.find((one) => this.keyOf(one) === this.keyOf(event));
      if (theirs === undefined || !this.isLike(event, theirs)) return event;
      this.lookedUp.add(this.keyOf(event));
    }
    return undefined;
  }
}
