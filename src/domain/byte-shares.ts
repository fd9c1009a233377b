import { MINUTE_MS, minuteOf } from './time.js';

/** Bytes and the time over which they were loaded, evenly. */
export interface Transfer {
  readonly bytes: number;
  readonly endMs: number;
  /** 0 for a moment; at most a day. */
  readonly durationMs: number;
}

/**
 * Returns the whole bytes of a transfer that fall into one UTC minute. Over all minutes they add up
 * to its bytes exactly: each share is the difference of two cumulative floors.
 */
export function bytesInMinute(transfer: Transfer, minute: number): number {
  if (transfer.durationMs === 0) return minute === minuteOf(transfer.endMs) ? transfer.bytes : 0;
  const from = minute * MINUTE_MS;
  return bytesUntil(transfer, from + MINUTE_MS) - bytesUntil(transfer, from);
}

/**
 * Returns the floor of bytes * elapsed / duration, exactly. The product may pass 2^53. No term of
 * the sum below does, as no duration passes a day; then no quotient rounds up to a whole number.
 */
function bytesUntil({ bytes, endMs, durationMs }: Transfer, timeMs: number): number {
  if (timeMs >= endMs) return bytes;
  const elapsedMs = timeMs - (endMs - durationMs);
  if (elapsedMs <= 0) return 0;
  const bytesPerMs = Math.floor(bytes / durationMs);
  const rest = bytes - bytesPerMs * durationMs;
  return bytesPerMs * elapsedMs + Math.floor((rest * elapsedMs) / durationMs);
}
