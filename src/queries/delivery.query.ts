import { Query } from '@nestjs/cqrs';
import type { StreamQuality } from '../domain/quality.js';
import type { AskingTerms, Interval, Period, WantedRange } from './figures/figures.query.js';

/** The bytes at a quality in each bucket. */
export interface DeliverySeries {
  readonly quality: StreamQuality;
  readonly bytes: readonly number[];
}

/**
 * The bytes delivered of all media in a range, by event time; Mbps are 10^6 bit/s, cost is in USD.
 */
export interface Delivery {
  readonly period: Period;
  readonly bytes: number;
  readonly cost: number;
  /** The average over the part of the range that has passed and is kept; 0 if there is none. */
  readonly averageMbps: number;
  /** The rate of the busiest minute. */
  readonly peakMbps: number;
  /** The start of the first such minute, epoch milliseconds; null without a byte. */
  readonly peakAt: number | null;
  /** The 95th percentile of the rates of the complete 5-minute slots; 0 of none. */
  readonly p95Mbps: number;
  /** The start of every bucket, epoch milliseconds. */
  readonly at: readonly number[];
  /** A series for each quality with a view or a byte, the most bytes first. */
  readonly byQuality: readonly DeliverySeries[];
}

/** Asks for the bytes delivered in a range, and in each bucket of it. */
export class DeliveryQuery extends Query<Delivery> {
  constructor(
    readonly range: WantedRange,
    readonly interval: Interval,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
