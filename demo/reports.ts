import { analyticsLines, bandwidthLines, popularLines } from '../src/cli/reports.js';
import type { Answers } from './questions.js';

/** Every report of the week, as lines; of the titles that of the most popular one. */
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
