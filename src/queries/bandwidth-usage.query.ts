import { Query } from '@nestjs/cqrs';
import type { TimePeriod } from '../domain/period.js';
import type { StreamQuality } from '../domain/quality.js';

export interface QualityBandwidth {
  readonly quality: StreamQuality;
  readonly totalGB: number;
  /** The share of all bytes, 0..100. */
  readonly percentage: number;
}

interface HourlyBandwidth {
  /** The start of the UTC hour, epoch milliseconds. */
  readonly hour: number;
  readonly totalGB: number;
  readonly peakMbps: number;
}

/** The traffic of all media; GB means GiB (2^30 bytes), Mbps 10^6 bit/s, cost USD. */
export interface BandwidthReport {
  readonly period: TimePeriod;
  readonly totalGB: number;
  readonly peakMbps: number;
  readonly avgMbps: number;
  readonly byQuality: readonly QualityBandwidth[];
  readonly byHour: readonly HourlyBandwidth[];
  readonly cost: number;
}

/** Asks for the bandwidth of the period that ends with the current minute. */
export class BandwidthUsageQuery extends Query<BandwidthReport> {
  constructor(
    readonly period: TimePeriod,
    readonly readAfter?: number,
  ) {
    super();
  }
}
