import type { Analytics, Answers, Bandwidth, Stream } from './questions.js';
import { formatBars, formatCount, formatDecimals, formatSeconds, formatTable } from './table.js';

const streamsShown = 10;
const hoursPerDay = 24;

/** Every report, as lines. All figures are the server's. */
export function formatReports({ streams, totalCount, analytics, bandwidth }: Answers): string[] {
  const top = streams[0];
  const ofTop = top && analytics.get(top.mediaId);
  return [
    ...formatPopular(streams, totalCount),
    ...(top && ofTop ? ['', ...formatTitle(top, ofTop)] : []),
    '',
    ...formatBandwidth(bandwidth),
  ];
}

function formatPopular(streams: readonly Stream[], totalCount: number): string[] {
  const shown = streams.slice(0, streamsShown);
  return [
    `MOST POPULAR STREAMS   the last 7 days, ${String(shown.length)} of ${String(totalCount)}`,
    ...formatTable(
      [
        { heading: '#', align: 'right' },
        { heading: 'Title', align: 'left' },
        { heading: 'Views', align: 'right' },
        { heading: 'Popularity', align: 'right' },
        { heading: 'Quality', align: 'left' },
      ],
      shown.map(({ title, viewCount, popularity, quality }, index) => [
        String(index + 1),
        title,
        formatCount(viewCount),
        formatDecimals(popularity, 1),
        quality,
      ]),
    ),
  ];
}

function formatTitle({ title }: Stream, analytics: Analytics): string[] {
  return [
    `ANALYTICS   ${title}`,
    ...formatTable(
      [
        { heading: 'Views', align: 'right' },
        { heading: 'Unique viewers', align: 'right' },
        { heading: 'Average watch time', align: 'right' },
        { heading: 'Completed', align: 'right' },
        { heading: 'Buffering events', align: 'right' },
      ],
      [
        [
          formatCount(analytics.totalViews),
          formatCount(analytics.uniqueViewers),
          formatSeconds(analytics.averageWatchTime),
          `${formatDecimals(analytics.completionRate * 100, 1)} %`,
          formatCount(analytics.bufferingEvents),
        ],
      ],
    ),
    '',
    ...formatTable(
      [
        { heading: 'Started at', align: 'left' },
        { heading: 'Views', align: 'right' },
        { heading: 'Share', align: 'right' },
        { heading: 'Mbit/s', align: 'right' },
      ],
      analytics.qualityDistribution.map(({ quality, viewCount, percentage, avgBandwidth }) => [
        quality,
        formatCount(viewCount),
        `${formatDecimals(percentage, 1)} %`,
        formatDecimals(avgBandwidth, 2),
      ]),
    ),
  ];
}

function formatBandwidth(bandwidth: Bandwidth): string[] {
  const { totalGB, cost, peakMbps, avgMbps, byQuality } = bandwidth;
  return [
    'BANDWIDTH   the last 7 days',
    `  ${formatDecimals(totalGB, 1)} GiB, that is USD ${formatDecimals(cost, 2)}`,
    `  ${formatDecimals(avgMbps, 1)} Mbit/s on average, ` +
      `${formatDecimals(peakMbps, 1)} in the busiest minute`,
    '',
    ...formatTable(
      [
        { heading: 'Quality', align: 'left' },
        { heading: 'GiB', align: 'right' },
        { heading: 'Share', align: 'right' },
      ],
      byQuality.map(({ quality, totalGB: gib, percentage }) => [
        quality,
        formatDecimals(gib, 1),
        `${formatDecimals(percentage, 1)} %`,
      ]),
    ),
    '',
    ...formatDays(bandwidth),
  ];
}

/** A line a day (UTC), a bar an hour. */
function formatDays({ byHour }: Bandwidth): string[] {
  const days = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  for (const { hour, totalGB, peakMbps } of byHour) {
    const day = hour.slice(0, 10);
    const hours = days.get(day) ?? Array.from({ length: hoursPerDay }, () => 0);
    hours[new Date(hour).getUTCHours()] = totalGB;
    days.set(day, hours);
    peaks.set(day, Math.max(peaks.get(day) ?? 0, peakMbps));
  }
  const largest = Math.max(0, ...byHour.map(({ totalGB }) => totalGB));
  return formatTable(
    [
      { heading: 'Day (UTC)', align: 'left' },
      { heading: '0     6     12    18    ', align: 'left' },
      { heading: 'GiB', align: 'right' },
      { heading: 'Peak Mbit/s', align: 'right' },
    ],
    [...days].map(([day, hours]) => [
      `${new Date(day).toLocaleDateString('en-US', { weekday: 'short', timeZone: 'UTC' })} ${day}`,
      formatBars(hours, largest),
      formatDecimals(
        hours.reduce((a, b) => a + b, 0),
        1,
      ),
      formatDecimals(peaks.get(day) ?? 0, 1),
    ]),
  );
}
