/** What goes wrong with one append. */
export type AppendFault =
  /** Stored, then the call fails: the reply is lost, and those of all other appends in it. */
  | 'reply-lost'
  /** Not stored, and the call fails. */
  | 'call-failed'
  /** Not stored, and the server ends the call in order. */
  | 'call-ended'
  /** Not stored and not answered. */
  | 'stuck'
  /** Not stored and not answered, nor is anything else in the call. */
  | 'call-stuck'
  /** Stored; answered when the replies are released. */
  | 'late'
  /** Stored and answered twice. */
  | 'answered-twice'
  /** Stored; the answer names no position. */
  | 'no-position'
  /** Stored already, and refused all the same. */
  | 'repetition-refused'
  /** Not stored: the server has no time. */
  | 'busy'
  /** Not stored: the user may not. */
  | 'access-denied';

/** What goes wrong with one read, after so many events. */
export interface ReadFault {
  readonly kind: 'cut' | 'stuck' | 'access-denied';
  readonly after: number;
  /** Whether it is kept for a read of the log that is filtered, or for one that is not. */
  readonly isFiltered?: boolean;
}

/**
 * How a leader is without its followers: it answers all but what they would have to confirm, until
 * it gives up leading. Then it answers nothing.
 */
export type LostFollowers = 'leads-on' | 'gave-up';

/** What is to go wrong; each entry once, in this order. */
export class Faults {
  readonly appends: AppendFault[] = [];
  readonly reads: ReadFault[] = [];
  /** Every reply to an append waits so long. */
  replyDelayMs = 0;
  /** Whether the node has lost its followers, and what it makes of it. */
  lostFollowers: LostFollowers | undefined;
  /** As servers before 23.10: a subscription that is at the end does not say so. */
  isSilentAtEnd = false;
  private held: (() => void)[] = [];

  /** Keeps a late reply back. */
  hold(reply: () => void): void {
    this.held.push(reply);
  }

  get heldReplies(): number {
    return this.held.length;
  }

  /** What is to go wrong with the next read, if anything. */
  nextOfReads(isFiltered: boolean): ReadFault | undefined {
    const at = this.reads.findIndex((fault) => (fault.isFiltered ?? isFiltered) === isFiltered);
    return at < 0 ? undefined : this.reads.splice(at, 1)[0];
  }

  /** Lets the late replies go. */
  release(): void {
    for (const reply of this.held.splice(0)) reply();
  }
}
