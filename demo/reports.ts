import { analyticsLines, bandwidthLines, popularLines } from '../src/cli/reports.js';
import { breakdownLines, figuresLines } from '../src/cli/figure-reports.js';
import type { Answers } from './questions.js';
import type { Slices } from './slices.js';

/** The values of a dimension that are shown. */
const valuesShown = 4;

/** Writes every report of the week in lines; of the titles, only the most popular one's. */
export function formatReports(
  { streams, totalCount, analytics, bandwidth }: Answers,
  { figures, breakdowns }: Slices,
): readonly string[] {
  const [top] = streams;
  const ofTop = top && analytics.get(top.mediaId);
  return [
    ...popularLines(streams, totalCount, 'WEEK'),
    ...(top && ofTop ? ['', ...analyticsLines(top.title, ofTop, 'WEEK')] : []),
    '',
    ...bandwidthLines(bandwidth, 'WEEK'),
    '',
    ...figuresLines(figures, 'this week'),
    ...(['COUNTRY', 'DEVICE'] as const).flatMap((by) => {
      const breakdown = breakdowns.get(by);
      if (breakdown === undefined) return [];
      const edges = breakdown.edges.slice(0, valuesShown);
      return breakdownLines({ ...breakdown, edges }, by === 'COUNTRY' ? 'Country' : 'Device');
    }),
  ];
}
