import { counted } from './figures/counted.js';
import { VIEWERS_FORMULA } from './texts.js';

/** How figures of `retention` are worked out, in the words of docs/metrics.md. */
export const RETENTION_FORMULAS = {
  audience: 'audience[i] = views that showed any of step i / views',
  plays:
    "plays[i] = seconds of step i that were shown / (views × the step's length); " +
    'what is watched twice counts twice',
};

/** How figures of `delivery` are worked out, in the words of docs/metrics.md. */
export const DELIVERY_FORMULAS = {
  bytes: 'the bytes loaded in the range',
  cost: 'bytes / 2³⁰ × EGRESS_PRICE_PER_GIB',
  averageMbps:
    'bits / as much of the range as has passed and is kept, the current minute as a whole one',
  peakMbps: 'bits of the busiest minute / 60 s',
  p95Mbps: 'the 95th percentile of the rates of the 5-minute slots',
};

/** How figures of `live` are worked out, in the words of docs/metrics.md. */
export const LIVE_FORMULAS = {
  viewers: VIEWERS_FORMULA,
  stalling: 'those of the viewers that wait for more to play',
  mbps: 'the bits of the last full minute by the clock / 60 s',
  startsLastMinute: 'views that started in the last 60 seconds',
  failuresLastMinute: 'sessions that failed, or never started for an error, in the last 60 seconds',
  peakToday: 'the most sessions watched or stalled in one minute since midnight of timeZone',
};

/** How figures of `projections` are worked out: those of docs/metrics.md in its words. */
export const PROJECTION_FORMULAS = {
  lagSeconds: '0 at the end of the log, else the age of the oldest event not applied, in seconds',
  lagEvents: 'the events after position; null where a store cannot count',
  parkedEvents: 'the parked events that wait to be tried again',
  rebuildProgress:
    'how much of the log the new generation of a rebuild holds, 0 to 1; null when none runs',
};
export const REBUILD_FORMULAS = {
  rebuildEventsPerSecond: 'events folded since the rebuild began / the time since then',
  rebuildTimeLeft: 'what is left of the log at the rate so far',
};

/** How figures of `ingest` are worked out, in the words of docs/metrics.md. */
export const INGEST_FORMULAS = {
  accepted: 'stored',
  duplicates: 'had been stored before, those that say something else by now included',
  refused: 'not stored, by reason, those without any too',
  perSecond:
    'events accepted in the last 60 seconds / 60 s; in the first minute / the time since the ' +
    'start, from a second upwards',
};

/** How the figures of one session are worked out. */
export const SESSION_FORMULAS = {
  watchTime: 'the watched seconds that the session adds to the figures',
  stalls: 'the stalls that the session adds to the figures: REBUFFER_START + BUFFERING',
  stalledTime: 'the durations of its REBUFFER_END and BUFFERING',
  startupTime: 'seconds from the wish to play to the first frame, as the player states',
  bytes: 'its bytesLoaded, or what a CDN delivered to it',
};

/** The names in formulas that are not plain words, and what they stand for. */
export const TERMS: readonly (readonly [string, string])[] = [
  [
    'viewsWithoutStates',
    'views of players that tell no play states, and those that only a log shows',
  ],
  ['completionRate', 'the share of views that came to the end'],
  ['mediaDuration', 'the length of the title, as the player knows it'],
  ['QUALIFIED_VIEW_SECONDS', 'how long a view must be watched to qualify, as this server is set'],
  ['LIVE_WINDOW_SECONDS', 'how long a silent player counts as watching, as this server is set'],
  ['EGRESS_PRICE_PER_GIB', 'what a GiB costs, as this server is set'],
  ['userId', 'the name that a page has for its viewer'],
  ['attempts that turned out', 'those that became a view, failed or were given up'],
  ['PLAY_REQUESTED', 'somebody wanted to play'],
  ['PLAYBACK_ERROR', 'an error that the player gave up on'],
  ['FAILED', 'the player says that it ended by a failure'],
  ['REBUFFER_START', 'it stalled, by a player that tells beginning and end'],
  ['BUFFERING', 'it stalled, by a player that tells both in one'],
  ['audience[i]', 'the share of views that showed any of the hundredth i of the title'],
];

/** Why a figure is not exact. */
export const DOUBTS = {
  asBytes: 'As exact as what told the bytes: players that report by CMCD estimate them.',
  roughly: 'An estimate, within 1 % (standard error).',
  roughTime: 'Estimated, within 1 % of the time.',
  ofLogs: (count: number): string =>
    `Estimated: of ${counted(count, 'view')} no player tells what was watched. Those that a log ` +
    'shows count with the most that it can have been, and with a rough number of stalls.',
} as const;
