import { PlayheadError } from '../domain/errors.js';

/**
 * Tells whether a log still has the past that was seen of it. A store that was put back to an older
 * backup has not: later events are gone, and others come in their place. The highest event seen
 * tells: while it is there, what comes before it is there too.
 */
export class LogPast {
  private highest: Landmark | undefined;
  /** The highest event at the look before; later events may be of another past already. */
  private confirmed: Landmark | undefined;
  private pasts = 0;
  private readonly listeners: (() => void)[] = [];
  private current: Promise<boolean> | undefined;
  private next: Promise<boolean> | undefined;

  /** Without a log there is nothing that could be put back while it is open. */
  constructor(private readonly log?: Log) {}

  /** Calls the listener once for each other past that comes to light. */
  onOther(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Returns what is known now. Call it before a request to the log. */
  known(): Known {
    return { pasts: this.pasts, head: this.highest?.position ?? -Infinity };
  }

  /** Says whether no other past has come to light since; else an answer may be of a lost one. */
  isSameSince({ pasts }: Known): boolean {
    return pasts === this.pasts;
  }

  /** Takes note of an event that was read. */
  saw({ position, id }: Landmark, before: Known): void {
    if (this.isSameSince(before) && position > this.known().head) this.highest = { position, id };
  }

  /** Takes note of an event that was stored: it lies past all that was seen before the append. */
  stored(landmark: Landmark, before: Known): void {
    if (this.isSameSince(before) && landmark.position <= before.head) {
      this.isOther();
      this.saw(landmark, this.known());
    } else {
      this.saw(landmark, before);
    }
  }

  /**
   * Says whether all that was seen before this call is still there. Rejects with STORE_UNAVAILABLE
   * if that cannot be found out now.
   */
  confirm(): Promise<boolean> {
    if (this.log === undefined) return Promise.resolve(true);
    // One look runs at a time. All callers that come during a look share the next.
    this.next ??= (this.current ?? Promise.resolve(true))
      .catch(() => true)
      .then(() => {
        this.current = this.next;
        this.next = undefined;
        return this.look(this.log);
      });
    return this.next;
  }

  private async look(log = this.log): Promise<boolean> {
    const { highest, confirmed } = this;
    if (log === undefined || highest === undefined) return true;
    const before = this.known();
    const isSame =
      (await log.head()) >= highest.position &&
      (await hasEvent(log, highest)) &&
      (confirmed === undefined || (await hasEvent(log, confirmed)));
    // An append may have told of the same past meanwhile.
    if (!this.isSameSince(before)) return false;
    if (isSame) this.confirmed = highest;
    else this.isOther();
    return isSame;
  }

  private isOther(): void {
    this.pasts += 1;
    this.highest = undefined;
    this.confirmed = undefined;
    for (const listener of this.listeners) listener();
  }
}

/** The position and id of an event that was seen in a log. */
export interface Landmark {
  readonly position: number;
  readonly id: string;
}

/**
 * The store answers that it cannot read from a position, as it does where no event begins. It may
 * answer so for other reasons, too. A store that does not answer throws another error.
 */
export class UnreadablePlace extends PlayheadError {
  constructor(message: string) {
    super('STORE_UNAVAILABLE', message);
  }
}

/** The part of a log that is read here. */
interface Log {
  head(): Promise<number>;
  readAt(position: number): Promise<(Landmark & { readonly damage?: string }) | undefined>;
}

/** The number of answers that a place cannot be read after which the event there counts as gone. */
const READS_MAX = 2;

/**
 * Says whether a log still has an event where it was; a damaged event counts as there. Rejects with
 * STORE_UNAVAILABLE if that cannot be found out now.
 */
export async function hasEvent(log: Log, { position, id }: Landmark): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await log.readAt(position);
      return found?.id === id || found?.damage !== undefined;
    } catch (error) {
      if (!(error instanceof UnreadablePlace)) throw error;
      // A server that goes or comes may answer so; then this call fails, too.
      await log.head();
      if (tries === READS_MAX) return false;
    }
  }
}

/** The knowledge of a log at the time of a request to it. */
export interface Known {
  /** The number of other pasts that had come to light. */
  readonly pasts: number;
  /** The highest position that was seen; -Infinity if none was. */
  readonly head: number;
}
