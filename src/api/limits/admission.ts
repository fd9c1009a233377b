import { PlayheadError } from '../../domain/errors.js';
import type { LagLimit } from './lag-limit.js';
import type { RateLimiter } from './rate-limiter.js';
import { EventLoopQueue } from './event-loop-queue.js';

/**
 * Admits or refuses the recording of events, whatever way they come. It applies a rate for each
 * client, a limit to the lag of read models, and a waiting room of bounded size. It refuses a
 * request beyond these at once, so that admitted requests are answered in bounded time.
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

  /** Refuses a client that would be refused anyway, before any dearer step. */
  check(client: string): void {
    this.arrivals += 1;
    this.assertRoom(client);
  }

  /**
   * Waits for the turn to parse a number of bytes, or bytes that were counted before. Throws
   * OVERLOADED if the turn comes too late.
   */
  async takeTurn(bytes = 0): Promise<void> {
    this.bytes += bytes;
    const waitedMs = await this.queue.pass();
    this.bytes -= bytes;
    if (waitedMs > WAIT_MS_MAX) throw OVERLOADED;
  }

  /** Runs work with a place in the waiting room, and frees the place afterwards. */
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
        // A single request may pass the mark, so that small requests do not keep a large one out.
        if (this.events >= this.room.eventsMax) throw OVERLOADED;
        this.rate.charge(client, more);
        this.events += more;
        events += more;
        // From here on the parsed request counts as events.
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

/** The bounds of the waiting room. */
export interface WaitingRoom {
  readonly eventsMax: number;
  readonly bytesMax: number;
  readonly arrivingBytesMax: number;
}

/** The most events that may wait to be stored: about a second's work, which bounds the wait. */
export const WAITING_EVENTS_MAX = 20_000;
/** The most bytes of requests that may wait to be parsed. This bounds their memory. */
export const WAITING_BYTES_MAX = 4 * 2 ** 20;
/**
 * The most bytes of requests that are still arriving. A limit of their own keeps slow requests from
 * holding up others.
 */
export const ARRIVING_BYTES_MAX = 64 * 2 ** 20;

/** A request's place in the waiting room. */
export interface Admitted {
  /** Counts bytes of a request that has not come in full; throws OVERLOADED without room. */
  addArriving(bytes: number): void;
  /** Counts a whole request in place of its arriving bytes; throws OVERLOADED without room. */
  addBytes(bytes: number): void;
  /** Runs work of unknown memory, one piece at a time; throws OVERLOADED as above. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Counts events that are to be stored, in place of their bytes. Throws OVERLOADED or RATE_LIMITED
   * if they may not be stored.
   */
  addEvents(events: number): void;
}

/** The longest time that a request may wait to be parsed, however much work that is. */
const WAIT_MS_MAX = 2_000;
/** The wait that a refused client is told: by then the waiting events are stored. */
const RETRY_AFTER_SECONDS = 1;
/** A single error for all: a stack for each would make refusing dear, when it has to be cheap. */
const OVERLOADED = new PlayheadError('OVERLOADED', 'too many events wait to be stored', {
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});
