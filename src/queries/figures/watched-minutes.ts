import { WATCHED_MINUTES, type MinutesDocument } from '../../domain/figures/session-sums.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import { readRuns, type Numbered, type Run } from './runs.js';

/**
 * Reads the number of sessions of the titles together that were watched or stalled in each minute
 * of some hours. Hours without any are left out.
 */
export async function watchedMinutes(
  reader: DocumentReader,
  scopes: readonly string[],
  runs: readonly Run[],
): Promise<Numbered<readonly number[]>> {
  const sums = new Map<number, number[]>();
  for (const scope of scopes) {
    const found: Numbered<MinutesDocument> = await readRuns(reader, runs, {
      keyOf: (hour) => WATCHED_MINUTES.key(scope, hour),
      numberIn: (key) => WATCHED_MINUTES.parts(key)[1],
    });
    for (const { number, body } of found) {
      const sum = sums.get(number) ?? [];
      for (const [minute, count] of body.sessions.entries()) {
        sum[minute] = (sum[minute] ?? 0) + count;
      }
      sums.set(number, sum);
    }
  }
  const hours = [...sums].map(([number, body]) => ({ number, body }));
  return hours.sort((a, b) => a.number - b.number);
}
