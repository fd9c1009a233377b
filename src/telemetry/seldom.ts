import { MINUTE_MS } from '../domain/time.js';

/** Reasons that are remembered at a time: they come from programs, which have few. */
const REASONS_MAX = 1_000;

/** Lets the same thing be told once in a while only, however often it happens. */
export class Seldom {
  private readonly toldAt = new Map<string, number>();

  constructor(
    private readonly restMs = MINUTE_MS,
    /** The time of the process, in milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether something may be told now; what may counts as told. Numbers make no other reason. */
  may(reason = ''): boolean {
    const kind = reason.replace(/\d+/g, '#');
    const now = this.now();
    if (now - (this.toldAt.get(kind) ?? -Infinity) < this.restMs) return false;
    if (this.toldAt.size >= REASONS_MAX) this.toldAt.clear();
    this.toldAt.set(kind, now);
    return true;
  }
}
