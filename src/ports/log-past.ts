/** An event that was seen in a log, and where. */
export interface Landmark {
  readonly position: number;
  readonly id: string;
}

/** What is asked of a log. */
interface Log {
  head(): Promise<number>;
  readAt(position: number): Promise<(Landmark & { readonly damage?: string }) | undefined>;
}

/** So often a place is read, in a log that is in reach, before it counts as gone. */
const READS_MAX = 2;

/**
 * Whether a log still has an event where it was; one that is damaged is there. Rejects with
 * STORE_UNAVAILABLE where that cannot be found out now.
 */
export async function hasEvent(log: Log, { position, id }: Landmark): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await log.readAt(position);
      return found?.id === id || found?.damage !== undefined;
    } catch {
      // A server cannot read from where no event begins any more. Or it is out of reach: then this
      // fails, too.
      await log.head();
      if (tries === READS_MAX) return false;
    }
  }
}

/** What was known of a log when something was asked of it. */
export interface Known {
  /** How many other pasts had come to light. */
  readonly pasts: number;
  /** The highest position that was seen; -Infinity if none was. */
  readonly head: number;
}

/**
 * Whether a log still has the past that was seen of it. A store that was put back to an older
 * backup has not: what was stored after that is gone, and other events come to stand in its place.
 * It is told by the highest event that was seen: what comes before it is there as long as it is.
 */
export class LogPast {
  private highest: Landmark | undefined;
  /** The highest at the look before: what was seen since may be of another past already. */
  private confirmed: Landmark | undefined;
  private pasts = 0;
  private readonly listeners: (() => void)[] = [];
  private current: Promise<boolean> | undefined;
  private next: Promise<boolean> | undefined;

  /** Without a log there is none that could be put back while it is open. */
  constructor(private readonly log?: Log) {}

  /** Tells once of each other past that comes to light. */
  onOther(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** What is known now; to be taken before something is asked of the log. */
  known(): Known {
    return { pasts: this.pasts, head: this.highest?.position ?? -Infinity };
  }

  /** Whether no other past has come to light since: else an answer may be of one that is gone. */
  isSameSince({ pasts }: Known): boolean {
    return pasts === this.pasts;
  }

  /** Takes note of an event that was read. */
  saw({ position, id }: Landmark, before: Known): void {
    if (this.isSameSince(before) && position > this.known().head) this.highest = { position, id };
  }

  /** Takes note of an event that was stored: it lies behind what was seen before it was sent. */
  stored(landmark: Landmark, before: Known): void {
    if (this.isSameSince(before) && landmark.position <= before.head) {
      this.isOther();
      this.saw(landmark, this.known());
    } else {
      this.saw(landmark, before);
    }
  }

  /**
   * Whether all that was seen before this call is still there. Rejects with STORE_UNAVAILABLE where
   * that cannot be found out now.
   */
  confirm(): Promise<boolean> {
    if (this.log === undefined) return Promise.resolve(true);
    // One look at a time, and whoever comes during one shares the one after it.
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
    // An append may have told of the same meanwhile.
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
