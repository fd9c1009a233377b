import { SECOND_MS } from '../domain/time.js';

/** Begins to measure; the returned function tells the seconds since. */
export function startStopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / SECOND_MS;
}
