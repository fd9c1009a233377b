import { withViewer, type ViewerSketch } from '../distinct-viewers.js';
import { asNumber, asOneOf, asText, SumKind, type Difference } from '../document-key.js';
import {
  dayOf,
  HOUR_MS,
  hourOf,
  MINUTES_PER_HOUR,
  QUARTER_MS,
  QUARTERS_PER_HOUR,
} from '../time.js';
import { addCounts, countsBetween, NO_COUNTS, type FigureCounts } from './figure-counts.js';
import { minutesAdded } from './minute-runs.js';
import type { SessionRow } from './session-row.js';
import { FIGURE_SPANS, SPAN_MS, VIEWER_SPANS, type FigureSpan, type ViewerSpan } from './spans.js';
import type { StartupCounts } from './startup-buckets.js';

/** A sum for each quarter of an hour, or one for a whole day; null if nothing is counted there. */
export interface CellsDocument<Sum> {
  readonly cells: readonly (Sum | null)[];
}

/** For each minute of an hour, the number of sessions that were watched or stalled in it. */
export interface MinutesDocument {
  readonly sessions: readonly number[];
}

/** An amount for a quarter of an hour, or for the only cell of a day. */
interface InCell<Amount> {
  readonly cell: number;
  readonly amount: Amount;
}
interface Viewer {
  readonly viewerId: string;
}
interface MinuteOfHour {
  readonly minute: number;
  /** 1, or -1 for a minute that turned out not to have been watched; 1 if absent. */
  readonly sessions?: number;
}

/** The title or ALL_TITLES, the span, and the number of that span from the epoch. */
export type SpanParts<Span> = readonly [scope: string, span: Span, number: number];
type FigureParts = SpanParts<FigureSpan>;

const FIGURE_PARTS = [asText, asOneOf(FIGURE_SPANS), asNumber] as const;
const VIEWER_PARTS = [asText, asOneOf(VIEWER_SPANS), asNumber] as const;

class CellsKind<Sum, Amount = Sum> extends SumKind<
  CellsDocument<Sum>,
  FigureParts,
  InCell<Amount>
> {}
export const FIGURES = new CellsKind<FigureCounts>('figures', FIGURE_PARTS);
export const STARTUPS = new CellsKind<StartupCounts, number>('startups', FIGURE_PARTS);
export const SESSION_VIEWERS = new SumKind<ViewerSketch, SpanParts<ViewerSpan>, Viewer>(
  'viewers',
  VIEWER_PARTS,
);
type HourParts = readonly [scope: string, hour: number];
export const WATCHED_MINUTES = new SumKind<MinutesDocument, HourParts, MinuteOfHour>('minutes', [
  asText,
  asNumber,
]);

/** The scope of sums over all titles; each title has sums of its own, too. */
export const ALL_TITLES = '';

/** Returns the amounts that a changed session adds to sums. */
export function differencesBetween(
  before: SessionRow | undefined,
  after: SessionRow | undefined,
): readonly Difference[] {
  if (after === undefined || before?.counts === after.counts) return [];
  const { startedAt } = after;
  const counts = countsBetween(before?.counts ?? NO_COUNTS, after.counts);
  const startup = before?.startupBucket === undefined ? after.startupBucket : undefined;
  const viewerId = before?.viewerId === undefined ? after.viewerId : undefined;
  const minutes = minutesAdded(before?.minutes ?? [], after.minutes);
  const withdrawn = minutesAdded(after.minutes, before?.minutes ?? []);
  const differences: Difference[] = [];
  for (const scope of [ALL_TITLES, after.mediaId]) {
    if (counts !== undefined) addInQuarter(differences, FIGURES, counts, [scope, startedAt]);
    if (startup !== undefined) addInQuarter(differences, STARTUPS, startup, [scope, startedAt]);
    if (viewerId !== undefined) addViewer(differences, viewerId, [scope, startedAt]);
    for (const minute of minutes) addMinute(differences, minute, scope);
    for (const minute of withdrawn) addMinute(differences, minute, scope, -1);
  }
  return differences;
}

/** A session's start as sums count it: under its title or ALL_TITLES, at a time. */
type ScopedStart = readonly [scope: string, startedAt: number];

/** Adds an amount at the start of a session: to the quarter of an hour, and to the day. */
function addInQuarter<Sum, Amount>(
  differences: Difference[],
  kind: CellsKind<Sum, Amount>,
  amount: Amount,
  [scope, startedAt]: ScopedStart,
): void {
  const hour = hourOf(startedAt);
  const cell = Math.floor((startedAt - hour * HOUR_MS) / QUARTER_MS);
  differences.push(kind.difference({ cell, amount }, scope, 'hour', hour));
  differences.push(kind.difference({ cell: 0, amount }, scope, 'day', dayOf(startedAt)));
}

function addViewer(
  differences: Difference[],
  viewerId: string,
  [scope, startedAt]: ScopedStart,
): void {
  for (const span of VIEWER_SPANS) {
    const number = Math.floor(startedAt / SPAN_MS[span]);
    differences.push(SESSION_VIEWERS.difference({ viewerId }, scope, span, number));
  }
}

function addMinute(
  differences: Difference[],
  minute: number,
  scope: string,
  sessions?: number,
): void {
  const hour = Math.floor(minute / MINUTES_PER_HOUR);
  const amount = {
    minute: minute % MINUTES_PER_HOUR,
    ...(sessions !== undefined && { sessions }),
  };
  differences.push(WATCHED_MINUTES.difference(amount, scope, hour));
}

export function withFigures(
  sum: CellsDocument<FigureCounts> | undefined,
  amounts: readonly InCell<FigureCounts>[],
  [, span]: FigureParts,
): CellsDocument<FigureCounts> {
  const cells = cellsOf(sum, span).map((counts) => counts?.slice() ?? null);
  for (const { cell, amount } of amounts) addCounts((cells[cell] ??= []), amount);
  return { cells };
}

export function withStartups(
  sum: CellsDocument<StartupCounts> | undefined,
  amounts: readonly InCell<number>[],
  [, span]: FigureParts,
): CellsDocument<StartupCounts> {
  const cells = cellsOf(sum, span).map((counts) => (counts === null ? null : { ...counts }));
  for (const { cell, amount } of amounts) {
    const counts: Record<number, number> = (cells[cell] ??= {});
    counts[amount] = (counts[amount] ?? 0) + 1;
  }
  return { cells };
}

const cellsOf = <Sum>(
  sum: CellsDocument<Sum> | undefined,
  span: FigureSpan,
): readonly (Sum | null)[] =>
  sum?.cells ?? new Array<null>(span === 'day' ? 1 : QUARTERS_PER_HOUR).fill(null);

export function withMinutes(
  sum: MinutesDocument | undefined,
  amounts: readonly MinuteOfHour[],
): MinutesDocument {
  const sessions = sum?.sessions.slice() ?? new Array<number>(MINUTES_PER_HOUR).fill(0);
  for (const { minute, sessions: count = 1 } of amounts) {
    sessions[minute] = (sessions[minute] ?? 0) + count;
  }
  return { sessions };
}

export function withViewers(
  sum: ViewerSketch | undefined,
  amounts: readonly Viewer[],
): ViewerSketch | undefined {
  return amounts.reduce((sketch, { viewerId }) => withViewer(sketch, viewerId), sum);
}
