import { SESSION } from '../../domain/figures/session-places.js';
import { PLACE } from '../../domain/figures/figure-counts.js';
import type { FigureParts } from '../../domain/figures/figure-totals.js';
import {
  ALL_SLOTS,
  REACHED_DAY,
  SAMPLE_SLOTS,
  type Slots,
} from '../../domain/figures/session-places.js';
import { inNfc } from '../../domain/text.js';
import { dayOf, QUARTER_MS, type Stretch } from '../../domain/time.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import type { SliceAnswer, SliceFilter } from '../../ports/read-model/slices.js';
import { foldedTotals } from './folded-totals.js';

/** The amount that a question would read. */
export interface Extent {
  /** The sessions that started in the stretches, or in the quarter hours around them. */
  readonly sessions: number;
  /** The sessions that would be read: more for a peak. */
  readonly rows: number;
  /** Says whether the stretches are whole quarter hours without a gap, so `sessions` is exact. */
  readonly isExact: boolean;
}

/** Returns the titles that filters leave, in NFC, as far as one filter names them. */
export function titlesOf(filters: readonly SliceFilter[]): readonly string[] | undefined {
  const named = filters.find(({ dimension, exclude }) => dimension === 'MEDIA' && !exclude);
  return named?.anyOf;
}

/** Says whether sums are kept for these filters, so that no session need be read. */
export const areFolded = (filters: readonly SliceFilter[]): boolean =>
  filters.every(({ dimension, exclude }) => dimension === 'MEDIA' && !exclude) &&
  filters.length <= 1;

/** Returns the function that says whether a key is that of a session of one of the titles. */
export const isSessionOf =
  (mediaIds: readonly string[] | undefined) =>
  (key: string): boolean =>
    SESSION.has(key) && (mediaIds?.includes(inNfc(SESSION.parts(key)[0])) ?? true);

export const COUNTS_ALONE: FigureParts = { uniqueViewers: false, startupTime: false, peak: false };

/** Finds out from sums how much a question would read. */
export async function extentOf(
  reader: DocumentReader,
  { stretches, parts }: { readonly stretches: readonly Stretch[]; readonly parts: FigureParts },
  scopes: readonly string[],
): Promise<Extent> {
  const [from, to] = [stretches[0]?.from ?? 0, stretches.at(-1)?.to ?? 0];
  const around = {
    from: Math.floor(from / QUARTER_MS) * QUARTER_MS,
    to: Math.ceil(to / QUARTER_MS) * QUARTER_MS,
  };
  const lengthMs = stretches.reduce((sum, one) => sum + Math.max(0, one.to - one.from), 0);
  const reading = { reader, scopes, stretches: [around] };
  const [totals] = await foldedTotals(reading, COUNTS_ALONE);
  const sessions = totals?.counts[PLACE.sessions] ?? 0;
  const reached = parts.peak ? await reader.count(REACHED_DAY, dayOf(from)) : 0;
  const isExact = lengthMs === around.to - around.from;
  return { sessions, rows: sessions + reached, isExact };
}

/** Chooses as many slots as the question that reads most may read. */
export function slotsFor(extents: readonly Extent[], rowsMax: number): Slots {
  const rows = Math.max(0, ...extents.map((extent) => extent.rows));
  if (rows <= rowsMax) return ALL_SLOTS;
  return { from: 0, before: Math.max(1, Math.floor((SAMPLE_SLOTS * rowsMax) / rows)) };
}

/** Returns the number of sessions that one session of a sample stands for. */
export function factorOf(
  extent: Extent | undefined,
  { sessions = 0 }: Pick<SliceAnswer, 'sessions'>,
  sampled: number,
): number {
  if (extent?.isExact !== true) return 1 / sampled;
  return sessions === 0 ? 0 : extent.sessions / sessions;
}
