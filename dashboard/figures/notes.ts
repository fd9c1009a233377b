import type { FiguresReport } from '../api/schema.js';
import { sinceWhen } from '../api/server.js';
import { FULL, periodIn, timeIn } from './format.js';
import { SAYS } from '../texts.js';

/** A sentence about figures; one that holds a figure tells scripts of it. */
export interface Note {
  readonly text: string;
  readonly metric?: string;
  readonly value?: number;
}

/** Says of how many sessions figures are estimated. */
export const sampledNotes = (sampled: number): readonly Note[] =>
  sampled < 1 ? [{ text: SAYS.sampled(sampled), metric: 'sampled', value: sampled }] : [];

/** Says that there was nothing yet in the period before, or in some of it. */
export function comparedNotes(zone: string): readonly Note[] {
  if (sinceWhen.value === undefined) return [];
  const { beginMs, isNone } = sinceWhen.value;
  return [{ text: SAYS.nothingBefore(timeIn(beginMs, zone, FULL), isNone) }];
}

/** What has to be said of figures so that nobody takes them for more than they are. */
export function notesOf(report: FiguresReport, zone: string): readonly Note[] {
  const { figures, sampled, period, previousPeriod } = report;
  const { anonymousViews, viewsWithoutStates, open } = figures;
  const about = (metric: string, value: number, text: string): readonly Note[] =>
    value > 0 ? [{ text, metric, value }] : [];
  const isNone = previousPeriod === null || sinceWhen.value?.isNone === true;
  const before = isNone ? undefined : periodIn(previousPeriod, zone);
  return [
    { text: SAYS.ofTimes(periodIn(period, zone), before) },
    ...sampledNotes(sampled),
    ...about('anonymousViews', anonymousViews, SAYS.viewsWithViewer(figures)),
    ...about('viewsWithoutStates', viewsWithoutStates, SAYS.viewsWithoutStates(figures)),
    ...about('open', open, SAYS.open(open)),
    ...comparedNotes(zone),
  ];
}
