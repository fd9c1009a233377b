import type { StreamAppend } from '../../../ports/event-store.js';
import { BatchStream, type AppendReply } from './batch-stream.js';
import type { EventStoreDbConnection } from './connection.js';
import { RunningTimer } from './running-timer.js';

/**
 * Sends appends: those of one stream one after the other, those of many at once. Appends of a
 * stream must not meet: a server drops, unanswered, an append that repeats another under way.
 */
export class Appender {
  private batch: BatchStream | undefined;
  /** The appends of each stream, oldest first; only the first may be under way. */
  private readonly lanes = new Map<string, Pending[]>();
  /** The first append of each lane, if it has not been sent. */
  private readonly ready = new Set<Pending>();
  private inFlight = 0;
  private onIdle: (() => void) | undefined;

  /** Gives an append up so many milliseconds after it was handed over, sent or not. */
  constructor(
    private readonly connection: EventStoreDbConnection,
    private readonly deadlineMs: number,
  ) {}

  /** Sends an append. Never rejects, and takes no longer than the deadline. */
  append(append: StreamAppend): Promise<AppendReply> {
    return new Promise((resolve) => {
      const pending: Pending = {
        append,
        settle: (reply) => {
          timer.clear();
          this.leave(pending);
          resolve(reply);
        },
      };
      const timer = new RunningTimer(this.deadlineMs, () => {
        pending.forget?.();
        const cause = new Error(`no reply within ${String(this.deadlineMs)} ms`);
        pending.settle({ kind: 'unknown', cause });
      });
      this.enter(pending);
    });
  }

  /** Waits for the appends that were handed over, then ends the call. */
  async close(): Promise<void> {
    if (this.lanes.size > 0) {
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
    }
    this.batch?.end(new Error('the event store is closed'));
  }

  private enter(pending: Pending): void {
    const { stream } = pending.append;
    const lane = this.lanes.get(stream);
    if (lane === undefined) {
      this.lanes.set(stream, [pending]);
      this.ready.add(pending);
    } else {
      lane.push(pending);
    }
    this.sendReady();
  }

  private leave(pending: Pending): void {
    const { stream } = pending.append;
    if (pending.forget !== undefined) this.inFlight -= 1;
    this.ready.delete(pending);
    const rest = (this.lanes.get(stream) ?? []).filter((other) => other !== pending);
    const [next] = rest;
    if (next === undefined) {
      this.lanes.delete(stream);
    } else {
      this.lanes.set(stream, rest);
      if (next.forget === undefined) this.ready.add(next);
    }
    this.sendReady();
    if (this.lanes.size === 0) this.onIdle?.();
  }

  private sendReady(): void {
    for (const pending of this.ready) {
      if (this.inFlight >= IN_FLIGHT_MAX) return;
      this.ready.delete(pending);
      this.inFlight += 1;
      pending.forget = this.openBatch().send(pending.append, pending.settle);
    }
  }

  private openBatch(): BatchStream {
    const batch: BatchStream =
      this.batch ??
      new BatchStream(this.connection, () => {
        if (this.batch === batch) this.batch = undefined;
      });
    this.batch = batch;
    return batch;
  }
}

/** Appends under way at once: enough to keep a server busy, few enough to hold in memory. */
const IN_FLIGHT_MAX = 128;

interface Pending {
  readonly append: StreamAppend;
  readonly settle: (reply: AppendReply) => void;
  /** Stops waiting for the reply; present once the append was sent. */
  forget?: () => void;
}
