import { minuteOf } from '../time.js';

/**
 * The bytes loaded in the latest minute in which any were, and in the minute before it, by event
 * time. The minute is numbered from the epoch.
 */
export type RecentBytes = readonly [minute: number, bytes: number, bytesBefore: number];

/** Adds the bytes of an event; those of a minute that is too long ago are left out. */
export function withBytes(
  recent: RecentBytes | undefined,
  atMs: number,
  bytes: number,
): RecentBytes {
  const minute = minuteOf(atMs);
  const [latest, inLatest, before] = recent ?? [minute, 0, 0];
  switch (minute - latest) {
    case 0:
      return [latest, inLatest + bytes, before];
    case 1:
      return [minute, bytes, inLatest];
    case -1:
      return [latest, inLatest, before + bytes];
    default:
      return minute > latest ? [minute, bytes, 0] : [latest, inLatest, before];
  }
}

/** Returns the bytes loaded in a minute, as far as they are known. */
export function bytesIn(recent: RecentBytes | undefined, minute: number): number {
  const [latest, inLatest, before] = recent ?? [minute, 0, 0];
  if (minute === latest) return inLatest;
  return minute === latest - 1 ? before : 0;
}
