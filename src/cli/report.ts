import { Option } from 'commander';
import type { Dimension } from '../domain/figures/dimensions.js';
import { quote } from '../domain/text.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import {
  FIGURE_QUERIES,
  type Breakdown,
  type FiguresAsked,
  type FiguresReport,
} from './figure-queries.js';
import { breakdownLines, figuresLines } from './figure-reports.js';
import { cutTo, widthOf } from './format.js';
import { nearestOf } from './near.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';
import { FILTER_OPTION, rangeOf, type RangeOptions } from './report-range.js';
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

interface Options extends RemoteOptions, RangeOptions {
  readonly period: Period;
  readonly filter?: readonly FiguresAsked['filter'][number][];
}

/** The scope of a report: a period, or a range with filters. */
interface Scope {
  /** Undefined for what only figures of any range tell. */
  readonly period: Period | undefined;
  readonly asked: FiguresAsked;
  readonly words: string;
}

/** The widest id that is shown in full, so that its line fits a terminal. */
const ID_WIDTH_MAX = 26;
/** Streams that are searched for a mistyped id: as many as one answer holds. */
const STREAMS_SEARCHED = 100;
const TITLE_WIDTH_MAX = 36;
/** Values of a dimension that are listed. */
const VALUES_SHOWN = 5;

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
    .addOption(periodOption().conflicts(['from', 'to']))
    .option('--from <time>', 'the beginning of another time: a day, or a time')
    .option('--to <time>', 'its end, which is not part of it')
    .option('--tz <zone>', 'the time zone of days (default: "UTC")')
    .option(...FILTER_OPTION)
    .addHelpText(
      'after',
      `${REMOTE_HELP.read}

What each figure means is in docs/metrics.md. Those of one title's analytics
count whole UTC hours, all others quarter hours.

Examples:
  playhead report
  playhead report the-harbour --period MONTH
  playhead report --from 2026-11-01 --to 2026-12-01 --tz Europe/Berlin
  playhead report --filter country=DE,AT --filter device=PHONE`,
    )
    .action(async (mediaId: string | undefined, options: Options) => {
      const scope = scopeOf(options);
      const remote = Remote.of(options, context, 'read');
      const { value, lines } =
        mediaId === undefined
          ? await reportOfAll(remote, scope)
          : await reportOfOne(remote, mediaId, scope);
      const { parked } = remote;
      terminal.result(parked.length === 0 ? value : { ...value, parked }, [
        ...lines,
        ...parkedLines(parked),
      ]);
    });
};

function scopeOf({ period, filter = [], ...ends }: Options): Scope {
  const filtered = filter.length === 0 ? '' : ', filtered';
  if (ends.from === undefined && ends.to === undefined) {
    if (ends.tz !== undefined) throw new WrongUsage('--tz: goes with --from and --to');
    const now = Date.now();
    const range = { from: startOf(period, now), to: new Date(now).toISOString(), timeZone: 'UTC' };
    return {
      period: filter.length === 0 ? period : undefined,
      asked: { range, filter },
      words: PERIODS[period].words + filtered,
    };
  }
  const range = rangeOf(ends);
  return {
    period: undefined,
    asked: { range, filter },
    words: `${ends.from ?? ''} to ${ends.to ?? ''}, ${range.timeZone}${filtered}`,
  };
}

/** Advice on a title without views in the period. */
const EARLIER_LINES = ['  The longest --period is MONTH; --from and --to reach further back.'];

interface Report {
  readonly value: object;
  readonly lines: readonly string[];
}

async function reportOfAll(remote: Remote, scope: Scope): Promise<Report> {
  const figures = await figuresOf(remote, scope, ['MEDIA', 'COUNTRY', 'DEVICE', 'PLAYER']);
  if (scope.period === undefined) return figures;
  const { value, lines, top } = await popularAndBandwidth(remote, scope.period);
  return {
    value: { ...value, ...figures.value },
    lines: [...lines, '', ...figures.lines, ...hintLines(top)],
  };
}

/** The headings of the dimensions by which figures are told apart. */
const HEADINGS = {
  MEDIA: 'Title',
  COUNTRY: 'Country',
  DEVICE: 'Device',
  PLAYER: 'Player',
} as const;

async function figuresOf(
  remote: Remote,
  { asked, words }: Scope,
  dimensions: readonly (keyof typeof HEADINGS & Dimension)[],
): Promise<Report> {
  const figures = await remote.ask<FiguresReport>(FIGURE_QUERIES.figures, { ...asked });
  const lines = [...figuresLines(figures, words)];
  const breakdowns: Partial<Record<Dimension, Breakdown>> = {};
  for (const by of dimensions) {
    const ask = { ...asked, by, first: VALUES_SHOWN };
    const breakdown = await remote.ask<Breakdown>(FIGURE_QUERIES.breakdown, ask);
    breakdowns[by] = breakdown;
    lines.push(...breakdownLines(breakdown, HEADINGS[by]));
  }
  return { value: { range: asked.range, figures, breakdowns }, lines };
}

async function popularAndBandwidth(
  remote: Remote,
  period: Period,
): Promise<Report & { readonly top: Stream | undefined }> {
  const ask = { first: STREAMS_SHOWN, period };
  const popularStreams = await remote.ask<Popular>(REPORT_QUERIES.popularStreams, ask);
  const bandwidthUsage = await remote.ask<Bandwidth>(REPORT_QUERIES.bandwidthUsage, { period });
  const streams = popularStreams.edges.map(({ node }) => node);
  return {
    top: streams[0],
    value: { popularStreams, bandwidthUsage },
    lines: [
      ...popularLines(streams, popularStreams.totalCount, period, true),
      '',
      ...bandwidthLines(bandwidthUsage, period),
    ],
  };
}

/** Says how to ask for one title. An id that would have to be cut is no example. */
function hintLines(top: Stream | undefined): readonly string[] {
  if (top === undefined) return [];
  const example = widthOf(top.mediaId) > ID_WIDTH_MAX ? '' : `, such as ${top.mediaId}`;
  return ['', `How one title does: npm run cli -- report ID${example}`];
}

async function reportOfOne(remote: Remote, mediaId: string, scope: Scope): Promise<Report> {
  const media = await remote.ask<{ readonly title: string } | null>(KNOWN, { mediaId });
  if (media === null) throw await notKnown(remote, mediaId);
  const { title } = media;
  const { asked, period } = scope;
  const filter = [
    ...asked.filter,
    { dimension: 'MEDIA', anyOf: [mediaId], exclude: false } as const,
  ];
  const words = `${cutTo(title, TITLE_WIDTH_MAX)}, ${scope.words}`;
  const ofTitle = { ...scope, asked: { ...asked, filter }, words };
  const figures = await figuresOf(remote, ofTitle, ['COUNTRY', 'DEVICE', 'PLAYER']);
  if (period === undefined) {
    return { ...figures, value: { mediaId, title, ...figures.value } };
  }
  const { from } = asked.range;
  const ask = { mediaId, from };
  const analytics = await remote.ask<Analytics>(REPORT_QUERIES.streamingAnalytics, ask);
  const lines = [
    ...analyticsLines(title, analytics, period),
    ...(analytics.totalViews === 0 ? EARLIER_LINES : []),
  ];
  return {
    value: { mediaId, title, from, streamingAnalytics: analytics, ...figures.value },
    lines: [...lines, '', ...figures.lines],
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
