import { SECOND_MS } from '../domain/time.js';

/**
 * The reasons for which an event is not stored. `invalid`: it breaks a rule. `batch`: it was good,
 * but its batch held one that was not. `store`: the store refused it, or the session's stream did.
 * `bot`: a program sent it as if it were a browser.
 */
const REFUSALS = ['invalid', 'batch', 'store', 'bot'] as const;
type Refusal = (typeof REFUSALS)[number];

/** The outcome of an event that was sent. */
export type IngestOutcome = 'accepted' | 'duplicate' | 'conflicting' | Refusal;

/** The time that the rate is over, in seconds. */
const RATE_SECONDS = 60;

interface RefusedCount {
  readonly reason: Refusal;
  readonly count: number;
}

/** The events that were sent since the server's start. */
export interface CountedEvents {
  readonly accepted: number;
  /** The duplicates, those with other contents than the stored event included. */
  readonly duplicates: number;
  /** The refused events by reason; a reason without events counts 0. */
  readonly refused: readonly RefusedCount[];
  /** The events accepted in the last 60 seconds, or since the start, a second. */
  readonly perSecond: number;
}

/** Counts events by their outcomes, and those of the last minute by the second. */
export class IngestCounts {
  private readonly counts = new Map<IngestOutcome, number>();
  /** The accepted events of the last seconds, each at its number modulo their number. */
  private readonly seconds = new Array<number>(RATE_SECONDS).fill(0);
  private readonly startedAt: number;
  private second: number;

  /** @param now - a time in milliseconds that never goes back */
  constructor(private readonly now = (): number => performance.now()) {
    this.startedAt = now();
    this.second = Math.floor(this.startedAt / SECOND_MS);
  }

  add(outcome: IngestOutcome, events: number): void {
    this.counts.set(outcome, this.of(outcome) + events);
    if (outcome !== 'accepted') return;
    this.forgetOld();
    const place = this.second % RATE_SECONDS;
    this.seconds[place] = (this.seconds[place] ?? 0) + events;
  }

  counted(): CountedEvents {
    this.forgetOld();
    const since = Math.max(this.startedAt, (this.second - RATE_SECONDS + 1) * SECOND_MS);
    const accepted = this.seconds.reduce((sum, events) => sum + events, 0);
    return {
      accepted: this.of('accepted'),
      duplicates: this.of('duplicate') + this.of('conflicting'),
      refused: REFUSALS.map((reason) => ({ reason, count: this.of(reason) })),
      // In its first second a server would have a rate from next to no time.
      perSecond: accepted / Math.max(1, (this.now() - since) / SECOND_MS),
    };
  }

  private of(outcome: IngestOutcome): number {
    return this.counts.get(outcome) ?? 0;
  }

  /** Makes room for the seconds up to now. */
  private forgetOld(): void {
    const now = Math.floor(this.now() / SECOND_MS);
    const first = Math.max(this.second + 1, now - RATE_SECONDS + 1);
    for (let second = first; second <= now; second += 1) this.seconds[second % RATE_SECONDS] = 0;
    this.second = now;
  }
}
