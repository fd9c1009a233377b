import { PlayheadError } from '../../domain/errors.js';
import type { LagLimit } from './lag-limit.js';
import type { RateLimiter } from './rate-limiter.js';
import { EventLoopQueue } from './event-loop-queue.js';

/** Events that may wait to be stored: about a second's work, and with it the longest wait. */
export const WAITING_EVENTS_MAX = 20_000;
/** Bytes of requests that wait to be parsed: bounds the memory that they take. */
export const WAITING_BYTES_MAX = 4 * 2 ** 20;
/** Bytes of requests that have not come in full: those that come slowly keep nobody else out. */
export const ARRIVING_BYTES_MAX = 64 * 2 ** 20;
/** How long a request may wait to be parsed: bounds everybody's wait, whatever the work weighs. */
const WAIT_MS_MAX = 2_000;
/** When to come again after a refusal: by then what waits is stored. */
const RETRY_AFTER_SECONDS = 1;

/** One for all: a stack for each would make refusing dearer, just when it has to be cheap. */
const OVERLOADED = new PlayheadError('OVERLOADED', 'too many events wait to be stored', {
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});

/** How much may wait. */
export interface WaitingRoom {
  readonly eventsMax: number;
  readonly bytesMax: number;
  readonly arrivingBytesMax: number;
}

/** A request's place in the waiting room. */
export interface Admitted {
  /** Counts bytes of what has not come in full; OVERLOADED if there is no room for them. */
  addArriving(bytes: number): void;
  /** Counts what has come in full, in place of that; OVERLOADED if there is no room for it. */
  addBytes(bytes: number): void;
  /** Does what takes memory before it is known how much, no two at a time; OVERLOADED as above. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Counts events that are to be stored, in place of the bytes that they came as; OVERLOADED or
   * RATE_LIMITED if they may not.
   */
  addEvents(events: number): void;
}

/**
 * What stands before the recording of events, whatever way they come: a rate for each client, a
 * limit to how far read models may lag, and a room of bounded size for those that wait. Beyond that
 * a request is refused at once, so that what was let in is answered in bounded time however many
 * others come.
 */
export class Admission {
  private events = 0;
  private bytes = 0;
  private arriving = 0;
  private arrivals = 0;
  private lastAlone: Promise<unknown> = Promise.resolve();
  private readonly queue = new EventLoopQueue(() => this.arrivals);

  constructor(
    private readonly room: WaitingRoom,
    private readonly rate: RateLimiter,
    private readonly lag: LagLimit,
  ) {}

  /** Refuses at once who would be refused anyway; the cheapest that can be done with a request. */
  check(client: string): void {
    this.arrivals += 1;
    this.assertRoom(client);
  }

  /**
   * Waits for the turn to parse so many bytes, or what has been counted already; OVERLOADED if it
   * comes too late.
   */
  async takeTurn(bytes = 0): Promise<void> {
    this.bytes += bytes;
    const waitedMs = await this.queue.pass();
    this.bytes -= bytes;
    if (waitedMs > WAIT_MS_MAX) throw OVERLOADED;
  }

  /** Does work in the waiting room, and leaves it again. */
  async within<T>(client: string, work: (place: Admitted) => Promise<T>): Promise<T> {
    this.assertRoom(client);
    let events = 0;
    let bytes = 0;
    let arriving = 0;
    const place: Admitted = {
      addArriving: (more) => {
        if (this.arriving + more > this.room.arrivingBytesMax) throw OVERLOADED;
        arriving += more;
        this.arriving += more;
      },
      addBytes: (more) => {
        if (this.bytes + more > this.room.bytesMax) throw OVERLOADED;
        this.arriving -= arriving;
        arriving = 0;
        bytes += more;
        this.bytes += more;
      },
      alone: (work) => {
        const since = performance.now();
        const done = this.lastAlone.then(() => {
          const isLate = performance.now() - since > WAIT_MS_MAX;
          if (isLate || this.bytes >= this.room.bytesMax) throw OVERLOADED;
          return work();
        });
        this.lastAlone = done.catch(() => undefined);
        return done;
      },
      addEvents: (more) => {
        // One request may pass the mark, so that a large one is not kept out by small ones.
        if (this.events >= this.room.eventsMax) throw OVERLOADED;
        this.rate.charge(client, more);
        this.events += more;
        events += more;
        // What was parsed is held as events from here on.
        this.bytes -= bytes;
        bytes = 0;
      },
    };
    try {
      return await work(place);
    } finally {
      this.events -= events;
      this.bytes -= bytes;
      this.arriving -= arriving;
    }
  }

  private assertRoom(client: string): void {
    this.rate.check(client);
    this.lag.check();
    const { eventsMax, bytesMax } = this.room;
    const isFull = this.events >= eventsMax || this.bytes >= bytesMax;
    if (isFull || this.queue.waitMs() > WAIT_MS_MAX) throw OVERLOADED;
  }
}
