import { analyticsLines, bandwidthLines, popularLines } from '../src/cli/reports.js';
import type { Answers } from './questions.js';

/** Writes every report of the week in lines; of the titles, only the most popular one's. */
export function formatReports({
  streams,
  totalCount,
  analytics,
  bandwidth,
}: Answers): readonly string[] {
  const [top] = streams;
  const ofTop = top && analytics.get(top.mediaId);
  return [
    ...popularLines(streams, totalCount, 'WEEK'),
    ...(top && ofTop ? ['', ...analyticsLines(top.title, ofTop, 'WEEK')] : []),
    '',
    ...bandwidthLines(bandwidth, 'WEEK'),
  ];
}
