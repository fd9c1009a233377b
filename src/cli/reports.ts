/** The lines of reports on popular streams, analytics and bandwidth. */

import {
  cutTo,
  formatAmount,
  formatBars,
  formatClock,
  formatCount,
  formatDecimals,
  widthOf,
} from './format.js';
import type { ParkedNote } from './remote.js';
import {
  PERIODS,
  type Analytics,
  type Bandwidth,
  type Period,
  type Stream,
} from './report-queries.js';
import { tableOf, type Column } from './table.js';

/** Streams that a report lists. */
export const STREAMS_SHOWN = 10;

/** Widths with which the widest table, and a heading, fit 80 columns. */
const TITLE_WIDTH_MAX = 36;
const ID_WIDTH_MAX = 24;
const ID_AND_TITLE_WIDTH = 42;
const HEADING_WIDTH_MAX = 44;
const HOURS_PER_DAY = 24;

const number = (heading: string): Column => ({ heading, align: 'right' });

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** Lists the most popular streams of a period, with their ids if wanted. */
export function popularLines(
  streams: readonly Stream[],
  totalCount: number,
  period: Period,
  isWithIds = false,
): readonly string[] {
  if (streams.length === 0) {
    const { words } = PERIODS[period];
    return [`MOST POPULAR STREAMS   ${words}`, `  Nothing yet: no views in ${words}.`];
  }
  const shown = streams.slice(0, STREAMS_SHOWN);
  const counted = `${String(shown.length)} of ${formatCount(totalCount)}`;
  const idWidth = Math.min(ID_WIDTH_MAX, Math.max(2, ...shown.map((one) => widthOf(one.mediaId))));
  const titleWidth = isWithIds ? ID_AND_TITLE_WIDTH - idWidth : TITLE_WIDTH_MAX;
  const columns = [
    number('#'),
    ...(isWithIds ? [{ heading: 'ID', widthMax: idWidth }] : []),
    { heading: 'Title', widthMax: Math.min(titleWidth, TITLE_WIDTH_MAX) },
    number('Views'),
    number('Popularity'),
    'Quality',
  ];
  const rows = shown.map(({ mediaId, title, viewCount, popularity, quality }, index) => [
    String(index + 1),
    ...(isWithIds ? [mediaId] : []),
    title,
    formatCount(viewCount),
    formatDecimals(popularity, 1),
    quality,
  ]);
  return [
    `MOST POPULAR STREAMS   ${PERIODS[period].words}, ${counted}`,
    ...indented(tableOf(columns, rows)),
  ];
}

/** Lists the figures of one title in a period. */
export function analyticsLines(
  title: string,
  analytics: Analytics,
  period: Period,
): readonly string[] {
  const { totalViews, uniqueViewers, averageWatchTime, completionRate } = analytics;
  const heading = `ANALYTICS   ${cutTo(title, HEADING_WIDTH_MAX)}   ${PERIODS[period].words}`;
  if (totalViews === 0 && analytics.bufferingEvents === 0) {
    return [heading, `  No views in ${PERIODS[period].words}.`];
  }
  const columns = [
    ...['Views', 'Unique viewers', 'Average watch time', 'Completed', 'Buffering events'],
  ].map(number);
  const figures = [
    formatCount(totalViews),
    formatCount(uniqueViewers),
    formatClock(averageWatchTime),
    percent(completionRate * 100),
    formatCount(analytics.bufferingEvents),
  ];
  const byQuality = analytics.qualityDistribution.map(
    ({ quality, viewCount, percentage, avgBandwidth }) => [
      quality,
      formatCount(viewCount),
      percent(percentage),
      formatAmount(avgBandwidth, 2),
    ],
  );
  const qualities = ['Started in', number('Views'), number('Share'), number('Mbps')];
  return [
    heading,
    ...indented(tableOf(columns, [figures])),
    ...(byQuality.length === 0 ? [] : ['', ...indented(tableOf(qualities, byQuality))]),
  ];
}

/** Lists the bytes and rates that were delivered in a period. */
export function bandwidthLines(bandwidth: Bandwidth, period: Period): readonly string[] {
  const { totalGB, cost, peakMbps, avgMbps, byQuality } = bandwidth;
  const heading = `BANDWIDTH   ${PERIODS[period].words}`;
  if (totalGB === 0) return [heading, `  Nothing was delivered in ${PERIODS[period].words}.`];
  const unit = unitOf(totalGB);
  const qualities = byQuality.map(({ quality, totalGB: gib, percentage }) => [
    quality,
    formatAmount(gib * unit.perGib, 1),
    percent(percentage),
  ]);
  return [
    heading,
    `  ${formatAmount(totalGB * unit.perGib, 1)} ${unit.name}, ` +
      `that is USD ${formatAmount(cost, 2)}`,
    `  ${formatAmount(avgMbps, 1)} Mbps on average, ` +
      `${formatAmount(peakMbps, 1)} in the busiest minute`,
    '',
    ...indented(tableOf(['Quality', number(unit.name), number('Share')], qualities)),
    '',
    ...indented(dayLines(bandwidth, unit)),
  ];
}

/** Says that the figures may lack parked events, and where those are listed. */
export function parkedLines(parked: readonly ParkedNote[]): readonly string[] {
  if (parked.length === 0) return [];
  const names = [...new Set(parked.map(({ projection }) => projection))];
  return [
    '',
    'NOT ALL IS COUNTED   events are parked that these figures may lack',
    ...names.map((name) => `  npm run cli -- parked ${name}`),
  ];
}

/** The unit in which a report counts bytes. */
interface Unit {
  readonly name: string;
  readonly perGib: number;
}

/** Returns the unit of all figures of a report, which is that of their sum. */
const unitOf = (gib: number): Unit =>
  gib < 1 ? { name: 'MiB', perGib: 2 ** 10 } : { name: 'GiB', perGib: 1 };

/** Draws a line for each day (UTC), with a bar for each hour. */
function dayLines({ byHour }: Bandwidth, unit: Unit): readonly string[] {
  const days = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  for (const { hour, totalGB, peakMbps } of byHour) {
    const day = hour.slice(0, 10);
    const hours = days.get(day) ?? Array.from({ length: HOURS_PER_DAY }, () => 0);
    hours[new Date(hour).getUTCHours()] = totalGB;
    days.set(day, hours);
    peaks.set(day, Math.max(peaks.get(day) ?? 0, peakMbps));
  }
  const largest = Math.max(0, ...byHour.map(({ totalGB }) => totalGB));
  return tableOf(
    ['Day (UTC)', '0     6     12    18    ', number(unit.name), number('Peak Mbps')],
    [...days].map(([day, hours]) => [
      `${new Date(day).toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' })} ${day}`,
      formatBars(hours, largest),
      formatAmount(unit.perGib * hours.reduce((a, b) => a + b, 0), 1),
      formatAmount(peaks.get(day) ?? 0, 1),
    ]),
  );
}

const percent = (value: number): string => `${formatDecimals(value, 1)} %`;
