import type { Comparison, Dimension, Interval, Metric, SessionState } from './api/schema.js';
import type { Page } from './address/address.js';
import type { RangeWord } from './address/ranges.js';

/** All that the dashboard says, in one place. */

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
  live: 'The last 30 minutes',
  '1h': 'The last hour',
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

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
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
  CONCURRENT_VIEWERS_PEAK: 'Peak of viewers',
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
  averageWatchTime: 'watchTime but that of logs / (views − viewsWithoutStates)',
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
  rebufferRatio: 'stalledTime / (stalledTime + watchTime but that of logs)',
  stallsPerHour: 'stalls / watchTime in hours, both but those of logs',
  bytes: 'the bytesLoaded of the sessions, or what a CDN delivered to them',
  averageMbps: 'bits / watchTime',
  cost: 'bytes / 2³⁰ × EGRESS_PRICE_PER_GIB',
  peakConcurrentViewers:
    'the most sessions that were watched or stalled in one minute of the range',
};

/** How figures of `delivery` are worked out, in the words of docs/metrics.md. */
export const DELIVERY_FORMULAS: Readonly<Record<string, string>> = {
  bytes: 'the bytes loaded in the range',
  cost: 'bytes / 2³⁰ × EGRESS_PRICE_PER_GIB',
  averageMbps:
    'bits / as much of the range as has passed and is kept, the current minute as a whole one',
  peakMbps: 'bits of the busiest minute / 60 s',
  p95Mbps: 'the 95th percentile of the rates of the 5-minute slots',
};

export const LIVE_FORMULAS: Readonly<Record<string, string>> = {
  viewers:
    'views that are under way: neither over nor paused, and heard of in the last ' +
    'LIVE_WINDOW_SECONDS',
  stalling: 'those of the viewers that wait for more to play',
  mbps: 'the bytes of the last full minute by the clock',
  startsLastMinute: 'views that started in the last 60 seconds',
  failuresLastMinute: 'sessions that failed, or never started for an error, in the last 60 seconds',
  peakToday: 'the most sessions watched or stalled in one minute since midnight',
};

export const STATE_NAMES: Readonly<Record<SessionState, string>> = {
  STARTING: 'starting',
  PLAYING: 'playing',
  STALLED: 'stalled',
  PAUSED: 'paused',
  ENDED: 'ended',
  QUIT: 'quit',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
};

/** What to do about a code of docs/errors.md. */
export const REMEDIES: Readonly<Record<string, string>> = {
  READ_MODEL_BEHIND: 'The figures are not that far yet. This asks again by itself.',
  OVERLOADED: 'The server is busy. This asks again by itself.',
  RATE_LIMITED: 'This key asked more than its rate allows. This asks again by itself.',
  QUERY_TOO_COMPLEX: 'Choose a shorter range, fewer filters or a longer interval.',
  BAD_USER_INPUT: 'A value of the address is not what the server takes: take the filter away.',
  UNAUTHENTICATED: 'Enter a read key.',
  FORBIDDEN: 'This key does not open it.',
  STORE_UNAVAILABLE: 'A store does not answer. Try again in a moment.',
  TIMEOUT: 'It took too long. Choose a shorter range, or try again.',
  CONFLICT: 'Do what the message says first.',
  PAGE_NOT_LOADED: 'The server may have been upgraded: load the page again.',
  OFFLINE: 'The server cannot be reached. This asks again by itself.',
  INTERNAL: 'The log of the server says what failed.',
};

export const OTHER_REMEDY = 'docs/errors.md says what the code means.';

export const WORDS = {
  product: 'Playhead',
  skip: 'Skip to the figures',
  pages: 'Pages',
  noScript: 'The dashboard needs JavaScript. The API is at /graphql.',
  why: 'Why',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  all: 'All',
  older: 'Older',
  newer: 'Newer',
  next: 'Next',
  back: 'Back',
  search: 'Search',
  csv: 'Save as CSV',
  asTable: 'As a table',
  from: 'From',
  to: 'To',
  show: 'Show',
  interval: 'By',
  compare: 'Compare with',
  zone: 'Zone',
  earlier: 'Earlier',
  later: 'Later',
  calendar: 'Calendar',
  theme: 'Theme',
  help: 'Help and keys',
  signOut: 'Forget the key',
  unfinished: 'still growing',
  nothingMatches: 'Nothing matches.',
  ignored: 'Not understood in the address, and left out:',
  offline: 'The server cannot be reached. These are the numbers of',
} as const;
