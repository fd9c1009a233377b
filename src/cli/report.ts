import { Option } from 'commander';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import { cutTo } from './format.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';
import {
  PERIODS,
  REPORT_QUERIES,
  startOf,
  type Analytics,
  type Bandwidth,
  type Period,
  type Popular,
  type Stream,
} from './report-queries.js';
import { analyticsLines, bandwidthLines, popularLines, STREAMS_SHOWN } from './reports.js';

interface Options extends RemoteOptions {
  readonly period: Period;
}

/** So that the line fits a terminal. */
const ID_WIDTH_MAX = 30;

const KNOWN = 'query ($mediaId: ID!) { media(mediaId: $mediaId) { title } }';

/** `report`: the figures of a server in tables. */
export const addReport: AddCommand = (program, context) => {
  const { terminal } = context;
  withRemote(program.command('report'), 'read')
    .description('show what is watched and delivered, or how one title does')
    .argument('[media]', 'the mediaId of a title')
    .addOption(
      new Option('--period <period>', 'the time that ends now')
        .choices(Object.keys(PERIODS))
        .default('WEEK'),
    )
    .addHelpText(
      'after',
      `${REMOTE_HELP.read}

What each figure means is in docs/metrics.md. Those of one title count whole UTC hours.

Examples:
  playhead report
  playhead report the-harbour --period MONTH`,
    )
    .action(async (mediaId: string | undefined, options: Options) => {
      const remote = Remote.of(options, context, 'read');
      const { period } = options;
      if (mediaId === undefined) {
        const { value, lines } = await reportOfAll(remote, period);
        terminal.result(value, lines);
      } else {
        const { value, lines } = await reportOfOne(remote, mediaId, period);
        terminal.result(value, lines);
      }
    });
};

interface Report {
  readonly value: object;
  readonly lines: readonly string[];
}

async function reportOfAll(remote: Remote, period: Period): Promise<Report> {
  const ask = { first: STREAMS_SHOWN, period };
  const popularStreams = await remote.ask<Popular>(REPORT_QUERIES.popularStreams, ask);
  const bandwidthUsage = await remote.ask<Bandwidth>(REPORT_QUERIES.bandwidthUsage, { period });
  const streams = popularStreams.edges.map(({ node }) => node);
  return {
    value: { popularStreams, bandwidthUsage },
    lines: [
      ...popularLines(streams, popularStreams.totalCount, period),
      '',
      ...bandwidthLines(bandwidthUsage, period),
      ...hintLines(streams),
    ],
  };
}

/** Titles are listed, but one is asked for by its id. */
const hintLines = ([top]: readonly Stream[]): readonly string[] =>
  top === undefined
    ? []
    : [
        '',
        `How one title does: playhead report MEDIA, such as ${cutTo(top.mediaId, ID_WIDTH_MAX)}`,
      ];

async function reportOfOne(remote: Remote, mediaId: string, period: Period): Promise<Report> {
  const media = await remote.ask<{ readonly title: string } | null>(KNOWN, { mediaId });
  if (media === null) {
    throw new WrongUsage(`the server knows nothing of ${JSON.stringify(mediaId)}`);
  }
  const from = startOf(period, Date.now());
  const asked = { mediaId, from };
  const analytics = await remote.ask<Analytics>(REPORT_QUERIES.streamingAnalytics, asked);
  return {
    value: { mediaId, title: media.title, from, streamingAnalytics: analytics },
    lines: analyticsLines(media.title, analytics, period),
  };
}
