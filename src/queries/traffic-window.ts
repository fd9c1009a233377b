import { BANDWIDTH, type BandwidthDocument } from '../../projections/bandwidth.js';
import { windowStart } from '../domain/period.js';
import { STREAM_QUALITIES, type StreamQuality } from '../domain/quality.js';
import { hourOf, minuteOf, MINUTES_PER_HOUR } from '../domain/time.js';
import type { DocumentReader } from '../ports/read-model/reader.js';

/** One quality's traffic; a quality without a view and without a byte has none. */
interface QualityTraffic {
  readonly quality: StreamQuality;
  readonly bytes: number;
  readonly views: number;
}

/** One UTC hour's traffic, as far as it lies in a window. */
export interface HourlyTraffic {
  /** The number of the hour since the epoch. */
  readonly hour: number;
  readonly byQuality: readonly QualityTraffic[];
  readonly bytes: number;
  readonly busiestMinuteBytes: number;
  readonly views: number;
}

/** The last `minutes` minute buckets, up to the current one; none before the earliest. */
export interface TrafficWindow {
  readonly minutes: number;
  readonly now: number;
  /** Epoch milliseconds. */
  readonly earliest: number;
}

/** Reads the hours of a window that have a document, in time order. */
export async function readTraffic(
  reader: DocumentReader,
  { minutes, now, earliest }: TrafficWindow,
): Promise<readonly HourlyTraffic[]> {
  const start = Math.max(windowStart(minutes, now), earliest);
  const rows = await reader.range<BandwidthDocument>(
    BANDWIDTH.key(hourOf(start)),
    BANDWIDTH.key(hourOf(now)),
  );
  const isInside = (minute: number): boolean =>
    minute >= minuteOf(start) && minute <= minuteOf(now);
  return rows.map(({ key, body }) => trafficOf(BANDWIDTH.parts(key)[0], body, isInside));
}

function trafficOf(
  hour: number,
  { bytes, views }: BandwidthDocument,
  isInside: (minute: number) => boolean,
): HourlyTraffic {
  const inside = (minutes: readonly number[] | undefined): readonly number[] =>
    (minutes ?? []).filter((_, index) => isInside(hour * MINUTES_PER_HOUR + index));
  const byQuality = STREAM_QUALITIES.map((quality) => ({
    quality,
    bytes: sum(inside(bytes[quality])),
    views: sum(inside(views[quality])),
  })).filter((traffic) => traffic.bytes > 0 || traffic.views > 0);
  const busiest = Array.from({ length: MINUTES_PER_HOUR }, (_, minute) =>
    isInside(hour * MINUTES_PER_HOUR + minute)
      ? sum(STREAM_QUALITIES.map((quality) => bytes[quality]?.[minute] ?? 0))
      : 0,
  );
  return {
    hour,
    byQuality,
    bytes: sum(byQuality.map((traffic) => traffic.bytes)),
    busiestMinuteBytes: Math.max(...busiest),
    views: sum(byQuality.map((traffic) => traffic.views)),
  };
}

/** Sums numbers; whole numbers stay exact. */
export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
