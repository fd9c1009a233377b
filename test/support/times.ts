import { parseTime } from '../../src/domain/time.js';

/** The time that an RFC 3339 text names, epoch milliseconds; a test that misspells it fails. */
export function at(text: string): number {
  const timeMs = parseTime(text);
  if (timeMs === undefined) throw new Error(`not a time: ${text}`);
  return timeMs;
}
