import type { Breakdown, Figures, FiguresReport } from './figure-queries.js';
import {
  formatAmount,
  formatBytes,
  formatClock,
  formatCount,
  formatDecimals,
  formatDuration,
} from './format.js';
import { tableOf, type Column } from './table.js';

/** Lists the figures of a time; `words` say which, and of what. */
export function figuresLines({ figures, sampled }: FiguresReport, words: string): string[] {
  const heading = `FIGURES   ${words}`;
  if (figures.attempts === 0) return [heading, '  Nobody wanted to watch anything.'];
  return [
    heading,
    ...sampledLines(sampled),
    ...tableWith(audienceOf(figures)),
    '',
    ...tableWith(experienceOf(figures)),
    '',
    `  ${formatBytes(figures.bytes)} delivered, that is USD ${formatAmount(figures.cost, 2)}`,
  ];
}

const number = (heading: string): Column => ({ heading, align: 'right' });

/** The widest first cell with which a table fits 80 columns. */
const LABEL_WIDTH_MAX = 26;

/** Lists the most watched values of a dimension; nothing where no value is known. */
export function breakdownLines(
  { edges, totalCount, sampled }: Breakdown,
  heading: string,
): readonly string[] {
  const rows = edges.map(({ node }) => node);
  if (rows.every(({ value }) => value === '')) return [];
  const columns = [
    { heading, widthMax: LABEL_WIDTH_MAX },
    ...['Views', 'Share', 'Watched', 'No start', 'Stalled'].map(number),
  ];
  const cells = rows.map(({ value, label, share, figures }) => [
    value === '' ? 'not known' : label,
    formatCount(figures.views),
    `${formatDecimals(share, 1)} %`,
    formatDuration(figures.watchTime),
    percent(figures.startFailureRate),
    percent(figures.rebufferRatio),
  ]);
  const counted = `${String(rows.length)} of ${formatCount(totalCount)}`;
  return [
    '',
    `BY ${heading.toUpperCase()}   ${counted}`,
    ...sampledLines(sampled),
    ...tableOf(columns, cells).map((line) => `  ${line}`),
  ];
}

/** Returns the figures of the audience. */
function audienceOf(figures: Figures): Readonly<Record<string, string>> {
  const { views, anonymousViews, peakConcurrentViewers: peak, averageWatchTime } = figures;
  const known = views - anonymousViews;
  return {
    Views: formatCount(views),
    'Unique viewers':
      anonymousViews === 0
        ? formatCount(figures.uniqueViewers)
        : `${formatCount(figures.uniqueViewers)} (of ${formatCount(known)} views)`,
    Watched: formatDuration(figures.watchTime),
    'A view': averageWatchTime === null ? '-' : formatClock(averageWatchTime),
    Completed: percent(figures.completionRate),
    'At once': formatCount(peak),
  };
}

/** Returns the figures of the playback's quality. */
function experienceOf(figures: Figures): Readonly<Record<string, string>> {
  const { startupTime, stallsPerHour } = figures;
  return {
    'No start': percent(figures.startFailureRate),
    'Given up': percent(figures.exitBeforeStartRate),
    'Failed later': percent(figures.playbackFailureRate),
    'Start (p50, p95)':
      startupTime === null
        ? '-'
        : `${formatDecimals(startupTime.p50, 1)}, ${formatDecimals(startupTime.p95, 1)} s`,
    'Stalls/h': stallsPerHour === null ? '-' : formatDecimals(stallsPerHour, 1),
    Stalled: percent(figures.rebufferRatio),
  };
}

const tableWith = (cells: Readonly<Record<string, string>>): readonly string[] =>
  tableOf(Object.keys(cells).map(number), [Object.values(cells)]).map((line) => `  ${line}`);

const sampledLines = (sampled: number): readonly string[] =>
  sampled === 1 ? [] : [`  estimated from ${formatAmount(sampled * 100, 1)} % of the viewers`];

/** Writes a rate from 0 to 1; one that has nothing to divide by is a dash. */
const percent = (rate: number | null): string =>
  rate === null ? '-' : `${formatDecimals(rate * 100, 1)} %`;
