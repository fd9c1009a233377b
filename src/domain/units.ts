/** Conversions between stored units (bytes, milliseconds) and shown units. */

const BYTES_PER_GIB = 2 ** 30;
const BITS_PER_BYTE = 8;
const BITS_PER_MEGABIT = 1e6;
const MS_PER_SECOND = 1_000;

/** Converts bytes to GiB (2^30 bytes); the API names them GB. */
export const gibibytes = (bytes: number): number => bytes / BYTES_PER_GIB;

/** Returns the mean rate of bytes over a time, in Mbps (10^6 bit/s); 0 where no time is known. */
export function megabitsPerSecond(bytes: number, durationMs: number): number {
  if (durationMs === 0) return 0;
  return (bytes * BITS_PER_BYTE) / BITS_PER_MEGABIT / (durationMs / MS_PER_SECOND);
}

/** Converts milliseconds to seconds, in which the API states durations. */
export const seconds = (durationMs: number): number => durationMs / MS_PER_SECOND;

/** Converts seconds to milliseconds; fractions below a millisecond are rounded. */
export const milliseconds = (durationSeconds: number): number =>
  Math.round(durationSeconds * MS_PER_SECOND);
