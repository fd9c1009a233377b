import { Option } from 'commander';
import { quote } from '../domain/text.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import { cutTo, widthOf } from './format.js';
import { nearestOf } from './near.js';
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
import {
  analyticsLines,
  bandwidthLines,
  parkedLines,
  popularLines,
  STREAMS_SHOWN,
} from './reports.js';

interface Options extends RemoteOptions {
  readonly period: Period;
}

/** The widest id that is shown in full, so that its line fits a terminal. */
const ID_WIDTH_MAX = 26;
/** Streams that are searched for a mistyped id: as many as one answer holds. */
const STREAMS_SEARCHED = 100;
const TITLE_WIDTH_MAX = 36;

const KNOWN = 'query ($mediaId: ID!) { media(mediaId: $mediaId) { title } }';

/** Makes the option for a period, in capitals or not. */
function periodOption(): Option {
  const option = new Option('--period <period>', 'the time that ends now')
    .choices(Object.keys(PERIODS))
    .default('WEEK');
  const { parseArg } = option;
  return option.argParser((text) => parseArg?.(text.toUpperCase(), ''));
}

/** `report`: prints the figures of a server in tables. */
export const addReport: AddCommand = (program, context) => {
  const { terminal } = context;
  withRemote(program.command('report'), 'read')
    .description('show what is watched and delivered, or how one title does')
    .argument('[media]', 'the mediaId of a title; without it they are listed')
    .addOption(periodOption())
    .addHelpText(
      'after',
      `${REMOTE_HELP.read}

What each figure means is in docs/metrics.md. Those of one title count whole UTC
hours.

Examples:
  playhead report
  playhead report the-harbour --period MONTH`,
    )
    .action(async (mediaId: string | undefined, options: Options) => {
      const remote = Remote.of(options, context, 'read');
      const { period } = options;
      const { value, lines } =
        mediaId === undefined
          ? await reportOfAll(remote, period)
          : await reportOfOne(remote, mediaId, period);
      const { parked } = remote;
      terminal.result(parked.length === 0 ? value : { ...value, parked }, [
        ...lines,
        ...parkedLines(parked),
      ]);
    });
};

/** Advice on a title without views in the period. */
const EARLIER_LINES = [
  '  The longest --period is MONTH. In GraphQL, from and to of streamingAnalytics',
  '  reach further back.',
];

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
      ...popularLines(streams, popularStreams.totalCount, period, true),
      '',
      ...bandwidthLines(bandwidthUsage, period),
      ...hintLines(streams),
    ],
  };
}

/** Says how to ask for one title. An id that would have to be cut is no example. */
function hintLines([top]: readonly Stream[]): readonly string[] {
  if (top === undefined) return [];
  const example = widthOf(top.mediaId) > ID_WIDTH_MAX ? '' : `, such as ${top.mediaId}`;
  return ['', `How one title does: npm run cli -- report ID${example}`];
}

async function reportOfOne(remote: Remote, mediaId: string, period: Period): Promise<Report> {
  const media = await remote.ask<{ readonly title: string } | null>(KNOWN, { mediaId });
  if (media === null) throw await notKnown(remote, mediaId);
  const from = startOf(period, Date.now());
  const asked = { mediaId, from };
  const analytics = await remote.ask<Analytics>(REPORT_QUERIES.streamingAnalytics, asked);
  return {
    value: { mediaId, title: media.title, from, streamingAnalytics: analytics },
    lines: [
      ...analyticsLines(media.title, analytics, period),
      ...(analytics.totalViews === 0 ? EARLIER_LINES : []),
    ],
  };
}

/** Says which media id may have been meant, and where ids are listed. */
async function notKnown(remote: Remote, mediaId: string): Promise<WrongUsage> {
  const ask = { first: STREAMS_SEARCHED, period: 'MONTH' };
  const { edges } = await remote.ask<Popular>(REPORT_QUERIES.popularStreams, ask);
  const streams = edges.map(({ node }) => node);
  const near = nearestOf(mediaId, streams);
  const title =
    near === undefined || near.title === near.mediaId
      ? ''
      : ` (${cutTo(near.title, TITLE_WIDTH_MAX)})`;
  const meant = near && `did you mean ${near.mediaId}${title}? `;
  return new WrongUsage(
    `the server knows no media id ${quote(mediaId)}; ${meant ?? ''}npm run cli -- report lists ids`,
  );
}
