import { MINUTE_MS } from '../domain/time.js';

/** The most reasons that are remembered at a time. Programs make them up, and there are few. */
const REASONS_MAX = 1_000;

/** Limits a message to once in a while, however often its reason occurs. */
export class Seldom {
  private readonly toldAt = new Map<string, number>();

  constructor(
    private readonly restMs = MINUTE_MS,
    /** The time of the process, in milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Says whether a reason may be told now, and counts it as told. Numbers in it are ignored. */
  may(reason = ''): boolean {
    const kind = reason.replace(/\d+/g, '#');
    const now = this.now();
    if (now - (this.toldAt.get(kind) ?? -Infinity) < this.restMs) return false;
    if (this.toldAt.size >= REASONS_MAX) this.toldAt.clear();
    this.toldAt.set(kind, now);
    return true;
  }
}
