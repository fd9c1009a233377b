/** Conversions between what is stored (bytes, milliseconds) and what is shown. */

const BYTES_PER_GIB = 2 ** 30;
const BITS_PER_BYTE = 8;
const BITS_PER_MEGABIT = 1e6;
const MS_PER_SECOND = 1_000;

/** Bytes as GiB (2^30 bytes); the API names them GB. */
export const gibibytes = (bytes: number): number => bytes / BYTES_PER_GIB;

/** The mean rate of some bytes over some time, in Mbps (10^6 bit/s); 0 where no time is known. */
export function megabitsPerSecond(bytes: number, durationMs: number): number {
  if (durationMs === 0) return 0;
  return (bytes * BITS_PER_BYTE) / BITS_PER_MEGABIT / (durationMs / MS_PER_SECOND);
}

/** Seconds, as the API states durations, from milliseconds. */
export const seconds = (durationMs: number): number => durationMs / MS_PER_SECOND;

/** Milliseconds from seconds; fractions below a millisecond are rounded. */
export const milliseconds = (durationSeconds: number): number =>
  Math.round(durationSeconds * MS_PER_SECOND);
