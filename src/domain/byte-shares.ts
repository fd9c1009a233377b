import { MINUTE_MS, minuteOf } from './time.js';

/** Some bytes and the time over which they were loaded, evenly. */
export interface Transfer {
  readonly bytes: number;
  readonly endMs: number;
  /** 0 for a moment. */
  readonly durationMs: number;
}

/**
 * The whole bytes of a transfer that fall into one UTC minute. Over all minutes they add up to its
 * bytes exactly: each share is the difference of two cumulative floors.
 */
export function bytesInMinute(transfer: Transfer, minute: number): number {
  if (transfer.durationMs === 0) return minute === minuteOf(transfer.endMs) ? transfer.bytes : 0;
  const from = minute * MINUTE_MS;
  return bytesUntil(transfer, from + MINUTE_MS) - bytesUntil(transfer, from);
}

/** Rounding keeps it from ever falling as time rises, and makes it exact at the end. */
function bytesUntil({ bytes, endMs, durationMs }: Transfer, timeMs: number): number {
  if (timeMs >= endMs) return bytes;
  const elapsedMs = timeMs - (endMs - durationMs);
  return elapsedMs <= 0 ? 0 : Math.floor(bytes * (elapsedMs / durationMs));
}
