import { watchedSeconds } from './checks.js';
import type { Report } from './relay.js';
import type { Scenario } from './scenarios.js';

/** The server's figures of a title as sums, so that two answers can be subtracted. */
interface Totals {
  readonly views: number;
  readonly uniqueViewers: number;
  readonly watchedSeconds: number;
  readonly completions: number;
  readonly bufferingEvents: number;
}

interface Analytics {
  readonly totalViews: number;
  readonly uniqueViewers: number;
  readonly averageWatchTime: number;
  readonly bufferingEvents: number;
  readonly completionRate: number;
}

const query = `query ($mediaId: ID!) {
  streamingAnalytics(mediaId: $mediaId) {
    totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
  }
}`;

/** Asks the server; with a position, for an answer that knows all events up to it. */
export async function fetchTotals(
  playheadUrl: string,
  mediaId: string,
  position?: string,
): Promise<Totals> {
  const response = await fetch(new URL('/graphql', playheadUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(position === undefined ? {} : { 'read-after': position }),
    },
    body: JSON.stringify({ query, variables: { mediaId } }),
  });
  const answer = (await response.json()) as {
    data?: { streamingAnalytics: Analytics } | null;
    errors?: readonly { message: string }[];
  };
  if (!answer.data || answer.errors) {
    throw new Error(`${mediaId}: the server answered ${JSON.stringify(answer.errors)}`);
  }
  const analytics = answer.data.streamingAnalytics;
  return {
    views: analytics.totalViews,
    uniqueViewers: analytics.uniqueViewers,
    watchedSeconds: analytics.averageWatchTime * analytics.totalViews,
    completions: Math.round(analytics.completionRate * analytics.totalViews),
    bufferingEvents: analytics.bufferingEvents,
  };
}

/** Lists the figures of the server that did not grow by exactly this session. */
export function compareTotals(
  scenario: Scenario,
  report: Report,
  before: Totals,
  after: Totals,
): string[] {
  const stalls = report.events.filter(({ eventType }) => eventType === 'REBUFFER_START').length;
  // The server keeps an average to the millisecond; the views have multiplied the error.
  const averageRounding = 0.001 * (before.views + after.views);
  const figures: readonly [name: string, actual: number, expected: number, tolerance: number][] = [
    ['views', after.views - before.views, 1, 0],
    ['unique viewers', after.uniqueViewers, scenario.userId === undefined ? 0 : 1, 0],
    [
      'watched seconds',
      after.watchedSeconds - before.watchedSeconds,
      watchedSeconds(report.events),
      averageRounding,
    ],
    [
      'completions',
      after.completions - before.completions,
      scenario.expect.endReason === 'ENDED' ? 1 : 0,
      0,
    ],
    ['buffering events', after.bufferingEvents - before.bufferingEvents, stalls, 0],
  ];
  return figures
    .filter(([, actual, expected, tolerance]) => !(Math.abs(actual - expected) <= tolerance))
    .map(
      ([name, actual, expected]) =>
        `the server says ${name}: ${String(actual)}, the player: ${String(expected)}`,
    );
}
