import { Query } from '@nestjs/cqrs';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import type { AskingTerms } from '../figures/figures.query.js';
import type { Freshness } from '../freshness.query.js';
import type { Stream } from '../popular-streams.query.js';

/** The question who watches now, with the wanted lists. */
export interface WantedLive {
  /** The filters that a session must all meet. */
  readonly filters: readonly SliceFilter[];
  /** The zone in whose calendar today begins. */
  readonly timeZone: string;
  /** The number of titles that are wanted, the most watched first. */
  readonly media: number;
  /** The number of values that are wanted of each dimension. */
  readonly by: Readonly<Partial<Record<Dimension, number>>>;
}

export interface LiveMedia {
  readonly media: Stream;
  readonly viewers: number;
}

export interface LiveCount {
  /** '': not known. */
  readonly value: string;
  readonly label: string;
  readonly viewers: number;
}

/** The viewers at a moment. Times are epoch milliseconds. */
export interface LiveSnapshot {
  readonly at: number;
  readonly viewers: number;
  /** The viewers whose players wait for more to play. */
  readonly stalling: number;
  /** 10^6 bit/s over the last full minute. */
  readonly mbps: number;
  /** Within the last 60 seconds. */
  readonly startsLastMinute: number;
  readonly failuresLastMinute: number;
  /** Sessions watched or stalled in each of the last 60 minutes, the one under way last. */
  readonly perMinute: readonly number[];
  /** The most of them in a minute of today. */
  readonly peakToday: number;
  /** The first minute of the peak; null if nobody has watched today. */
  readonly peakTodayAt: number | null;
  /** The share of viewers whose sessions were read for the minutes: 1 is all, and exact. */
  readonly sampled: number;
  /** The most watched first. */
  readonly media: readonly LiveMedia[];
  /** The values of each wanted dimension, those with most viewers first. */
  readonly by: Readonly<Partial<Record<Dimension, readonly LiveCount[]>>>;
  readonly freshness: Freshness;
}

/** A snapshot, or the error in its place. */
export type SeenLive = PromiseSettledResult<LiveSnapshot>;

/** Asks who watches now. */
export class LiveQuery extends Query<LiveSnapshot> {
  constructor(
    readonly wanted: WantedLive,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}

/** Asks several questions at one moment, for clients who go on watching: they paid at the start. */
export class LiveImageQuery extends Query<readonly SeenLive[]> {
  constructor(readonly wanted: readonly WantedLive[]) {
    super();
  }
}
