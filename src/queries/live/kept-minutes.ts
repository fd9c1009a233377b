import { AsyncResource } from 'node:async_hooks';
import { MINUTE_MS } from '../../domain/time.js';
import { LOG_START } from '../../ports/event-store.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import { FOR_FREE, type AskingTerms } from '../figures/figures.query.js';
import {
  isWhole,
  seenBy,
  withCount,
  withLook,
  type DayMinutes,
  type KnownMinutes,
  type LatestMinutes,
} from './day-minutes.js';

/** Counts the minutes of a day up to a moment from sessions. What it counts may be a minute old. */
export type CountMinutes = (
  filters: readonly SliceFilter[],
  at: number,
  terms: AskingTerms,
) => Promise<DayMinutes>;

/** The kept minutes of some filters. */
interface Kept {
  readonly filters: readonly SliceFilter[];
  readonly minutes: KnownMinutes;
  /** The moment of the last count; epoch milliseconds. */
  readonly countedAt: number;
  /** The position that the count has come to, or is behind. */
  readonly atLeast: number;
  /** Says whether somebody has asked since. */
  readonly isAsked: boolean;
}

/** A count that is under way. */
interface Count extends Pick<KnownMinutes, 'until'> {
  readonly atLeast: number;
  readonly kept: Promise<Kept>;
}

/** Filters whose minutes are kept: more than a node has subscriptions. */
const FILTERS_MAX = 256;
/** The time after which late events are worth another count. */
const ANEW_MS = MINUTE_MS;
/** Counting anew takes a share of the time at most: a rest is so many times as long as a count. */
const REST_TIMES = 20;
/**
 * The time for which minutes are kept whose count fails; after that whoever asks gets the error.
 */
const UNCOUNTED_MS_MAX = 10 * MINUTE_MS;

/**
 * Keeps the minutes of filters from look to look. They are counted from sessions once; then each
 * look adds the latest ones. New counts, one at a time, find late events; no look waits for them.
 */
export class KeptMinutes {
  /** By filters, the least recently asked first. */
  private kept = new Map<string, Kept>();
  private counts = new Map<string, Count>();
  /** The identity of the generation whose minutes are kept. */
  private identity: string | undefined;
  /** A count anew belongs to no request, though a request may have been the reason for it. */
  private readonly scope = new AsyncResource('KeptMinutes');
  private isCountingAnew = false;
  private restsUntilMs = 0;

  constructor(
    private readonly count: CountMinutes,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * Returns the minutes of the day as they were at the moment of a look. Charges, and waits, only
   * where they have to be counted first.
   */
  async of(
    filters: readonly SliceFilter[],
    latest: LatestMinutes,
    terms: AskingTerms,
  ): Promise<DayMinutes> {
    if (latest.identity !== this.identity) this.beginAnew(latest.identity);
    const key = JSON.stringify(filters);
    const found = this.known(key, latest, terms) ?? (await this.counted(filters, latest, terms));
    if (latest.identity !== this.identity) return seenBy(found.minutes, latest);
    // Meanwhile another look may have added what is newer.
    const newest = this.kept.get(key) ?? found;
    this.keep(key, { ...newest, minutes: withLook(newest.minutes, latest), isAsked: true });
    this.scope.runInAsyncScope(() => {
      this.countEldest(latest.at);
    });
    return seenBy(found.minutes, latest);
  }

  /** Forgets everything. Counts under way are still for those who wait for them, but not kept. */
  private beginAnew(identity: string | undefined): void {
    this.kept = new Map();
    this.counts = new Map();
    this.identity = identity;
  }

  /** Returns what is kept, if it lacks nothing: a look before the last one lacks nothing either. */
  private known(key: string, latest: LatestMinutes, { readAfter }: AskingTerms): Kept | undefined {
    const known = this.kept.get(key);
    if (known === undefined) return undefined;
    if (latest.at < known.countedAt - UNCOUNTED_MS_MAX) {
      // The clock was set back: what it knew of later times may have been wrong.
      this.kept.delete(key);
      return undefined;
    }
    const isEnough = known.atLeast >= (readAfter ?? LOG_START) && isWhole(known.minutes, latest);
    return isEnough ? known : undefined;
  }

  /** Waits for the count that is under way, if it says as much, or for one of its own. */
  private counted(
    filters: readonly SliceFilter[],
    latest: LatestMinutes,
    terms: AskingTerms,
  ): Promise<Kept> {
    const running = this.counts.get(JSON.stringify(filters));
    const isEnough =
      running !== undefined &&
      running.atLeast >= (terms.readAfter ?? LOG_START) &&
      isWhole(running, latest);
    return isEnough ? running.kept : this.startCount(filters, latest.at, terms);
  }

  private startCount(
    filters: readonly SliceFilter[],
    at: number,
    terms: AskingTerms,
  ): Promise<Kept> {
    const key = JSON.stringify(filters);
    const atLeast = terms.readAfter ?? LOG_START;
    // The answer may be one that was kept for a minute.
    const until = at - ANEW_MS;
    const { identity } = this;
    const kept = this.count(filters, at, terms).then((counted) => {
      const isSame = identity === this.identity;
      const before = isSame ? this.kept.get(key) : undefined;
      const minutes = withCount(before?.minutes, { ...counted, until });
      const after: Kept = { filters, minutes, countedAt: at, atLeast, isAsked: false };
      if (isSame && (before === undefined || before.countedAt <= at)) this.keep(key, after);
      return after;
    });
    const count: Count = { atLeast, until, kept };
    this.counts.set(key, count);
    const isOver = (): void => {
      if (this.counts.get(key) === count) this.counts.delete(key);
    };
    void kept.then(isOver, isOver);
    return kept;
  }

  private keep(key: string, kept: Kept): void {
    this.kept.delete(key);
    this.kept.set(key, kept);
    const [eldest] = this.kept.keys();
    if (this.kept.size > FILTERS_MAX && eldest !== undefined) this.kept.delete(eldest);
  }

  /** Begins to count anew what was counted longest ago, if it is time for that. */
  private countEldest(now: number): void {
    if (this.isCountingAnew || this.nowMs() < this.restsUntilMs) return;
    const asked = [...this.kept.values()].filter(({ isAsked }) => isAsked);
    const [eldest] = asked.sort((a, b) => a.countedAt - b.countedAt);
    if (eldest !== undefined && now - eldest.countedAt >= ANEW_MS) {
      void this.countAnew(eldest, now);
    }
  }

  private async countAnew({ filters, countedAt }: Kept, at: number): Promise<void> {
    this.isCountingAnew = true;
    const begin = this.nowMs();
    try {
      await this.startCount(filters, at, FOR_FREE);
    } catch {
      // The next look tries again; at last whoever asks has to count, and is told what fails.
      if (at - countedAt >= UNCOUNTED_MS_MAX) this.kept.delete(JSON.stringify(filters));
    }
    const end = this.nowMs();
    this.restsUntilMs = end + REST_TIMES * (end - begin);
    this.isCountingAnew = false;
  }
}
