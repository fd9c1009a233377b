import type { Comparison, Dimension, Figures, Interval } from './api/schema.js';
import type { Page } from './address/address.js';
import type { RangeWord } from './address/ranges.js';
import { counted, percent, told } from './figures/counted.js';
import type { Column } from './figures/metrics.js';

/** All that the dashboard's first page and its head say; texts-later.ts says the rest. */

export const PAGE_NAMES: Readonly<Record<Page, string>> = {
  overview: 'Overview',
  live: 'Live',
  media: 'Title',
  quality: 'Quality of experience',
  delivery: 'Delivery',
  sessions: 'Sessions',
  system: 'System',
};

export const RANGE_NAMES: Readonly<Record<RangeWord, string>> = {
  live: 'Live',
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 d',
  '28d': '28 d',
  '12mo': '12 mo',
};

export const RANGE_MEANINGS: Readonly<Record<RangeWord, string>> = {
  live: 'The last 30 minutes, from a whole quarter of an hour on',
  '1h': 'The last hour, from a whole quarter of an hour on',
  '24h': 'The last 24 hours',
  '7d': 'The last 7 days, with today',
  '28d': 'The last 28 days, with today',
  '12mo': 'The last 12 months, with this one',
};

export const INTERVAL_NAMES: Readonly<Record<Interval, string>> = {
  MINUTE: 'minute',
  QUARTER_HOUR: '15 minutes',
  HOUR: 'hour',
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
};

export const COMPARISON_NAMES: Readonly<Record<Comparison, string>> = {
  PREVIOUS: 'the period before',
  SAME_WEEKDAYS: 'the same weekdays before',
  YEAR_BEFORE: 'the year before',
};
export const NO_COMPARISON = 'nothing';

export const DIMENSION_NAMES: Readonly<Record<Dimension, string>> = {
  MEDIA: 'Title',
  QUALITY: 'Start quality',
  COUNTRY: 'Country',
  DEVICE: 'Device',
  OS: 'System',
  BROWSER: 'Browser',
  PLAYER: 'Player',
  APP: 'App',
  CDN: 'CDN',
  REFERRER: 'Referrer',
  PAGE: 'Page',
  LIVE: 'Live',
  END_REASON: 'End',
  ERROR_CODE: 'Error code',
  CUSTOM_1: 'Custom 1',
  CUSTOM_2: 'Custom 2',
  CUSTOM_3: 'Custom 3',
};
export const NOT_KNOWN = 'not known';
/** What an empty value says of these dimensions, where it is more than not being known. */
export const UNSET: Partial<Record<Dimension, string>> = {
  END_REASON: 'not over',
  ERROR_CODE: 'no error',
};

export const METRIC_NAMES: Readonly<Record<Column, string>> = {
  VIEWS: 'Views',
  QUALIFIED_VIEWS: 'Qualified views',
  ANONYMOUS_VIEWS: 'Anonymous views',
  UNIQUE_VIEWERS: 'Unique viewers',
  WATCH_TIME: 'Watch time',
  AVERAGE_WATCH_TIME: 'Average watch time',
  COMPLETION_RATE: 'Completion',
  ATTEMPTS: 'Attempts',
  START_FAILURE_RATE: 'Start failures',
  EXIT_BEFORE_START_RATE: 'Exits before start',
  PLAYBACK_FAILURE_RATE: 'Playback failures',
  STARTUP_P50: 'Startup, median',
  STARTUP_P75: 'Startup, p75',
  STARTUP_P95: 'Startup, p95',
  STALLS: 'Stalls',
  STALLED_TIME: 'Stalled time',
  STALLS_PER_HOUR: 'Stalls per hour',
  REBUFFER_RATIO: 'Rebuffer ratio',
  BYTES: 'Delivered',
  AVERAGE_MBPS: 'Average bitrate',
  COST: 'Cost',
  CONCURRENT_VIEWERS_PEAK: 'Viewers at once, at most',
  LEFT_EARLY: 'Left early',
};

/** How each field of `Figures` is worked out, in the words of docs/metrics.md. */
export const FORMULAS: Readonly<Record<string, string>> = {
  views: 'the number of views',
  qualifiedViews:
    'views that were watched for QUALIFIED_VIEW_SECONDS, ' +
    'or for half of mediaDuration where that is shorter',
  anonymousViews: 'views without a userId',
  uniqueViewers: 'the number of different viewers of the views; anonymous ones left out',
  watchTime: 'watched seconds of the sessions',
  averageWatchTime: 'watchTime without that of logs / (views − viewsWithoutStates)',
  completionRate: 'views completed / (views − viewsWithoutStates)',
  attempts: 'sessions with a PLAY_REQUESTED or a view',
  startFailureRate:
    'attempts without a view that have a PLAYBACK_ERROR or ended FAILED / ' +
    'attempts that turned out',
  exitBeforeStartRate: 'other attempts without a view that are over / attempts that turned out',
  playbackFailureRate: 'views that ended FAILED / (views − viewsWithoutStates)',
  startupTime: 'percentiles of startupTime of the views that state one, and their count',
  stalls: 'REBUFFER_START + BUFFERING',
  stalledTime: 'the durations of REBUFFER_END and BUFFERING',
  rebufferRatio: 'stalledTime / (stalledTime + watchTime without that of logs)',
  stallsPerHour: 'stalls without those of logs / hours of watchTime without that of logs',
  bytes: 'the bytesLoaded of the sessions, or what a CDN delivered to them',
  averageMbps: 'bits / watchTime',
  cost: 'bytes / 2³⁰ × EGRESS_PRICE_PER_GIB',
  peakConcurrentViewers:
    'the most sessions that were watched or stalled in one minute of the range',
};

/** Views that were not completed: no field of the API says it, but it follows from three. */
export const LEFT_EARLY_FORMULA = '(1 − completionRate) × (views − viewsWithoutStates)';

/** How the viewers of `live` are counted. */
export const VIEWERS_FORMULA =
  'views that are under way: neither over nor paused, and heard of in the last ' +
  'LIVE_WINDOW_SECONDS';

export const WORDS = {
  product: 'Playhead',
  skip: 'Skip to the figures',
  pages: 'Pages',
  why: 'Why',
  retry: 'Try again',
  all: 'All',
  csv: 'Save as CSV',
  interval: 'By',
  compare: 'Compare with',
  zone: 'Zone',
  earlier: 'Earlier',
  later: 'Later',
  calendar: 'Calendar',
  theme: 'Theme',
  help: 'Help and keys',
  signOut: 'Forget the key',
  open: 'Open',
  quality: 'Quality',
  failed: 'had an error',
  stalled: 'stalled > 5 %',
  nothingMatches: 'Nothing matches.',
  ignored: 'Not understood in the address, or not possible here, and left out:',
  offline: 'The server cannot be reached. These are the numbers of',
  start: 'Start',
  before: 'before',
  growing: ' (still growing)',
  chart: 'chart',
  nothingThere: 'nothing in this range',
  lastHour: 'last hour',
  viewersNow: 'Viewers now',
  whoWatches: 'Who watches now',
  itsSessions: 'Its sessions',
  itsFailures: 'The sessions that failed',
  qualityWatched: 'Quality watched',
  good: 'better',
  bad: 'worse',
  ...{ thanBefore: 'than before', few: 'of too few to be better or worse', ofFew: 'of few' },
  definition: 'How it is defined',
  noDivisor: 'nothing to divide by',
  exact: 'Exact.',
  longerRange: 'Choose a longer range.',
  filters: 'Filters',
  searchTitle: 'Search a title',
  range: 'Range',
  none: 'none',
  titles: 'Titles',
  whereAndHow: 'Where and how',
  stopped: 'stopped',
  upToDate: 'up to date',
  notFollowed: 'not followed',
} as const;

/** Sentences with what they tell of; each number with its plural. */
export const SAYS = {
  /** Of a line: the first, the last and the highest value, each with its time. */
  course: (
    name: string,
    [first = [], last = [], high = []]: readonly (readonly string[])[],
  ): string =>
    `${name} from ${first.join(' on ')} to ${last.join(' on ')}, at most ${high.join(' on ')}`,
  change: (
    difference: string | undefined,
    judged: '' | 'good' | 'bad' | 'few',
    before: string,
    period: string,
  ): string =>
    (difference === undefined ? '' : `${difference}${judged && `, ${WORDS[judged]}`}; `) +
    `${period}: ${before}`,
  fromTo: (from: string, to: string): string => `${from} to ${to}`,
  fromNow: (from: string, whole: string): string => `${from} until now, whole until ${whole}`,
  ofTimes: (times: string, before: string | undefined): string =>
    `${times}${before === undefined ? '' : `, compared with ${before}`}.`,
  printed: (
    page: string,
    range: readonly string[],
    zone: string,
    filters: readonly string[],
  ): string => [`${page}: ${range.join(' to ')}`, zone, ...filters].join('; '),
  from: (before: string): string => `from ${before}`,
  asTable: (rows: number): string => `As a table of ${counted(rows, 'row')}`,
  by: (name: string, interval: string): string => `${name} by ${interval}`,
  ofQuality: (quality: string): string =>
    `of the events at ${quality}, whatever the session began with`,
  sampled: (share: number): string => `Estimated from ${percent(share)} of sessions.`,
  ofMinutes: (sampled: number): string =>
    sampled < 1 ? `The minutes are from ${percent(sampled)} of viewers.` : WORDS.exact,
  open: (count: number): string =>
    `${counted(count, 'session is', 'sessions are')} under way: figures still grow.`,
  viewsWithViewer: ({ views, anonymousViews }: Pick<Figures, 'views' | 'anonymousViews'>): string =>
    `${told(views - anonymousViews)} of ${counted(views, 'view has', 'views have')} a viewer.`,
  viewsWithoutStates: ({ views, viewsWithoutStates }: Figures): string =>
    'Without play states, from players that tell none or from logs: ' +
    `${told(viewsWithoutStates)} of ${counted(views, 'view')}. ` +
    'They are in no rate, and in no average but the bitrate.',
  ofMost: (rows: number, all: number): string =>
    `Of the ${told(rows)} with the most views, of ${told(all)}.`,
  filterBy: (name: string): string => `${name}: press to filter by it, with Shift to leave it out`,
  nothingBefore: (time: string, isNone: boolean): string =>
    `Nothing is recorded before ${time}: ` +
    (isNone ? 'there is nothing to compare with.' : 'the period before is not all there.'),
  without: (name: string): string => `Without: ${name}`,
  filter: (name: string, isExcluded: boolean, values: readonly string[]): string =>
    `${name} ${isExcluded ? 'is not' : 'is'} ${values.join(isExcluded ? ' nor ' : ' or ')}`,
  asOf: (time: string): string => `As of ${time}`,
  behind: (time: string): string => `${time} behind`,
  /** `events` is null where nobody counted them. */
  notCounted: (time: string, events: number | null): string =>
    `${SAYS.asOf(time)}, ${events === null ? 'later events' : counted(events, 'event')} ` +
    'not counted yet.',
  notFollowed: (code: string): string =>
    `The server does not tell what is new for now (${code}): numbers are asked for less often.`,
  stopped: (names: readonly string[]): string => `No longer counting: ${names.join(', ')}.`,
  parked: (count: number): string =>
    `${counted(count, 'event is', 'events are')} not in these figures.`,
  found: (count: number): string => `${told(count)} found`,
};
