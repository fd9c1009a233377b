import { bytesInMinute, type Transfer } from '../src/domain/byte-shares.js';
import { asNumber, DocumentKind } from '../src/domain/document-key.js';
import {
  isPlaybackEvent,
  type PlaybackEvent,
  type PlaybackFacts,
  type ViewWithdrawn,
} from '../src/domain/event.js';
import type { ByQuality, StreamQuality } from '../src/domain/quality.js';
import { HOUR_MS, hourOf, minuteOf, MINUTES_PER_HOUR } from '../src/domain/time.js';
import { createProjection, RETIRES_AT } from '../src/ports/projection.js';

/** A number for each of the 60 minutes of an hour, by quality. */
type MinutesByQuality = ByQuality<readonly number[]>;

/** The traffic of the whole server in one UTC hour. */
export interface BandwidthDocument {
  readonly bytes: MinutesByQuality;
  /** Views started. */
  readonly views: MinutesByQuality;
}

export const BANDWIDTH = new DocumentKind<BandwidthDocument, [hour: number]>('hour', [asNumber]);

const NO_MINUTES: readonly number[] = new Array<number>(MINUTES_PER_HOUR).fill(0);
const NOTHING: BandwidthDocument = { bytes: {}, views: {} };

function keysOf(event: PlaybackEvent): readonly string[] {
  const { type, data } = event;
  if (type === 'view_withdrawn') {
    const { start } = event.data.withdrawn;
    return start === undefined ? [] : [BANDWIDTH.key(hourOf(start.at))];
  }
  const isView = type === 'session_start';
  const { occurredAt, bytes = 0, durationMs = 0 } = data;
  if (bytes === 0) return isView ? [BANDWIDTH.key(hourOf(occurredAt))] : [];
  const keys: string[] = [];
  for (let hour = hourOf(occurredAt - durationMs); hour <= hourOf(occurredAt); hour += 1) {
    keys.push(BANDWIDTH.key(hour));
  }
  return keys;
}

function evolve(
  document: BandwidthDocument | undefined,
  event: PlaybackEvent,
  [hour]: readonly [hour: number],
): BandwidthDocument | undefined {
  if (event.type === 'view_withdrawn') return document && withoutView(document, event.data);
  const { type, data } = event;
  const { bytes, views } = document ?? NOTHING;
  const isView = type === 'session_start' && hourOf(data.occurredAt) === hour;
  return {
    bytes: withBytes(bytes, data, hour),
    views: isView ? withViews(views, [data.quality, data.occurredAt], 1) : views,
  };
}

function withBytes(
  bytesByQuality: MinutesByQuality,
  { quality, occurredAt, bytes = 0, durationMs = 0 }: PlaybackFacts,
  hour: number,
): MinutesByQuality {
  if (bytes === 0) return bytesByQuality;
  const transfer: Transfer = { bytes, endMs: occurredAt, durationMs };
  const firstMinute = hour * MINUTES_PER_HOUR;
  const covered = [
    Math.max(0, minuteOf(occurredAt - durationMs) - firstMinute),
    Math.min(MINUTES_PER_HOUR - 1, minuteOf(occurredAt) - firstMinute),
  ] as const;
  return withMinutes(bytesByQuality, quality, covered, (minute) =>
    bytesInMinute(transfer, firstMinute + minute),
  );
}

function withoutView(
  document: BandwidthDocument,
  { withdrawn: { start } }: ViewWithdrawn['data'],
): BandwidthDocument {
  if (start === undefined) return document;
  return { ...document, views: withViews(document.views, [start.quality, start.at], -1) };
}

function withViews(
  views: MinutesByQuality,
  [quality, startedAt]: readonly [quality: StreamQuality, startedAt: number],
  count: number,
): MinutesByQuality {
  const viewMinute = minuteOf(startedAt) % MINUTES_PER_HOUR;
  return withMinutes(views, quality, [viewMinute, viewMinute], () => count);
}

/** Adds an amount to each minute of the hour from the first to the last, both inclusive. */
function withMinutes(
  minutes: MinutesByQuality,
  quality: StreamQuality,
  [first, last]: readonly [number, number],
  amountIn: (minute: number) => number,
): MinutesByQuality {
  const sums = (minutes[quality] ?? NO_MINUTES).slice();
  for (let minute = first; minute <= last; minute += 1) {
    sums[minute] = (sums[minute] ?? 0) + amountIn(minute);
  }
  return { ...minutes, [quality]: sums };
}

function sumOf(minutes: MinutesByQuality): number {
  let sum = 0;
  for (const amounts of Object.values(minutes)) {
    for (const amount of amounts) sum += amount;
  }
  return sum;
}

/** Bytes by quality and minute, for rates, traffic and cost. */
export const bandwidth = createProjection<[typeof BANDWIDTH], PlaybackEvent>({
  name: 'bandwidth',
  version: 5,
  indexes: [RETIRES_AT],
  takes: isPlaybackEvent,
  keysOf,
  folds: [
    {
      kind: BANDWIDTH,
      evolve,
      indexValuesOf: (_, [hour]) => ({ [RETIRES_AT]: (hour + 1) * HOUR_MS }),
      measure: ({ bytes, views }) => ({ bytes: sumOf(bytes), views: sumOf(views) }),
    },
  ],
});
