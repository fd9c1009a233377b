import type { Refusal } from './api/key.js';
import type { SessionState, VerificationReport } from './api/schema.js';
import { counted, told } from './figures/counted.js';
import { DOUBTS, type LIVE_FORMULAS } from './formulas.js';
import { WORDS } from './texts.js';

/** What the pages after the first one say, and dialogs: it is loaded with them. */

export const LIVE_NAMES: Readonly<Record<keyof typeof LIVE_FORMULAS, string>> = {
  viewers: WORDS.viewersNow,
  stalling: 'Stalling now',
  mbps: 'Going out',
  startsLastMinute: 'Starts, last minute',
  failuresLastMinute: 'Failures, last minute',
  peakToday: 'Peak of today',
};

export const DELIVERY_NAMES = {
  bytes: 'Delivered',
  cost: 'Cost',
  averageMbps: 'Average',
  peakMbps: 'Peak',
  p95Mbps: '95th percentile',
  costPerHour: 'Cost a watched hour',
  monthBytes: 'Delivered, month to date',
  monthCost: 'Cost, month to date',
};

export const SESSION_NAMES = {
  watchTime: 'Watched',
  stalls: 'Stalls',
  stalledTime: 'Stalled',
  startupTime: 'Startup',
  bytes: 'Delivered',
};

/** What a session did and at which quality, as its lanes name it. */
export const LANE_KINDS: Readonly<Record<string, string>> = {
  playing: 'playing',
  stalled: 'stalled',
  paused: 'paused',
  seeking: 'seeking',
  bytes: 'bytes by their rate',
  'at-once': 'bytes of which no duration is told',
};

export const KEY_MEANINGS: readonly (readonly [string, string])[] = [
  ['1 – 6', 'live, 1 h, 24 h, 7 d, 28 d, 12 months'],
  ['7', 'choose days of the calendar'],
  ['X', 'compare with the period before, or with nothing'],
  ['L', 'who watches now'],
  ['/', 'search a title'],
  ['Esc', 'close, or take all filters away'],
  ['← →', 'on a chart: go from point to point; in a table: from number to number'],
  ['?', 'this'],
];

export const TIPS: readonly string[] = [
  'Press a row to filter by it, with Shift to leave it out.',
  'Drag over a chart to look at that stretch.',
  'Point at a number, or move the focus to it: that says what it is exactly.',
  'Press a number, or the ? beside it, to see how it came about.',
  'The address is the view: whoever has it and a key sees the same.',
];

export const REFUSALS: Readonly<Record<Refusal, string>> = {
  asked: 'Enter a read key or an admin key of this server.',
  wrong: 'This server does not know that key.',
  forbidden: 'That key does not open this: it takes a read key or an admin key.',
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

export const LATER_WORDS = {
  close: 'Close',
  show: 'Show',
  to: 'To',
  from: 'From',
  remember: 'Remember on this device',
  key: 'Key',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  older: 'Older',
  newer: 'Newer',
  next: 'Next',
  back: 'Back',
  search: 'Search',
  sessions: 'Sessions',
  events: 'Events',
  count: 'Count',
  viewers: 'Viewers',
  worst: 'Worst',
  showFewer: 'Show those with fewer',
  only: 'Only sessions that',
  byMinute: 'Viewers by minute',
  minute: 'Minute',
  now: 'now',
  nobody: 'Nobody.',
  noTitle: 'The address names no title.',
  retention: 'Retention',
  retentionViews: 'Retention: views with a known length',
  place: 'Place',
  audience: 'Audience',
  plays: 'Plays',
  audienceMeans: 'audience: views that showed it',
  playsMeans: 'plays: how often each showed it',
  drops: 'Largest drops',
  dropFormula:
    'the most of audience[i] and later steps − the most of those after it: the share of views ' +
    'that left for good in this step; who skips a part and comes back has not left',
  course: 'The course of the session',
  at: 'At',
  state: 'State',
  bytes: 'Bytes',
  itsEvents: 'Its events',
  attempts: 'Attempts',
  started: 'Started',
  completed: 'Completed',
  funnelMeans: 'Shares are of all attempts; completion elsewhere is of views that tell their end.',
  completedFormula: 'completionRate × (views − viewsWithoutStates)',
  stillGrows: 'It still grows.',
  ofLog:
    'Estimated: only a log shows this session. It counts with the most that can have been ' +
    'watched, and with a rough number of stalls.',
  exactBytes: `${DOUBTS.asBytes} Every minute is counted: none of it is a sample.`,
  error: 'Error',
  lastEvent: 'Last event',
  yes: 'yes',
  no: 'no',
  viewerHash: 'Viewer (keyed hash)',
  sessionId: 'Session id',
  stored: 'Stored',
  event: 'Event',
  seconds: 'Seconds',
  more: 'More',
  session: 'Session',
  noSession: 'There is no such session, or none any more.',
  firstDifference: 'The first that differs',
  expected: 'As the log says',
  foundInstead: 'As it is',
  noDocument: 'There is none.',
  parked: 'Parked',
  version: 'Version',
  generation: 'Generation',
  node: 'Node',
  lastRebuild: 'Last rebuild',
  giveUp: 'Give it up',
  givenUp: 'Given up',
  giveUpMeans: 'It stays in the log and out of this read model. This cannot be taken back.',
  reason: 'Reason',
  perSecond: 'Events accepted a second',
  acceptedASecond: 'accepted a second, over the last minute. Since this node started:',
  forAdmins: 'This page is for admins: it takes an admin key.',
  readModels: 'Read models',
  whatWordsMean: 'What the words of this page mean',
  singleKeys: 'Single keys do this',
  value: 'Value',
  beforeTerm: 'Before',
  formula: 'Formula',
  inNumbers: 'In numbers',
  certainty: 'Certainty',
  freshness: 'Freshness',
  query: 'The query',
  copyCurl: 'Copy as curl',
  openGraphiql: 'Open in GraphiQL',
  nothingYet: 'Nothing has been recorded yet',
  chooseWay:
    'Choose one way, put your ingest key and the id of a title in, and play something. This ' +
    'page changes by itself when the first event arrives.',
  waiting: 'Waiting for the first event …',
  errorCodes: 'Error codes',
  failuresAndRebuffering: 'Failures and rebuffering',
  startupTime: 'Startup time',
  startup: 'Startup',
  unknownTitle: 'Unknown title',
  unknownMeans: 'nothing is known of it. It is not registered, and no event names it.',
  allTitles: 'All titles',
  latestSessions: 'Its latest sessions',
  allSessions: 'All sessions',
  thumbnail: 'Thumbnail',
  billed:
    'Cards and chart count bytes when they were loaded, as a CDN bills them; the tables, and the ' +
    'overview, count those of the sessions that started in the range.',
  bytesTold:
    'Bytes of CDN logs and of players that send events are exact; players that report by ' +
    'CMCD estimate them.',
  deliveredByQuality: 'Delivered by quality',
  nothingDelivered: 'Nothing was delivered.',
  countriesNow: 'Countries now',
  devicesNow: 'Devices now',
  titlesNow: 'Titles now',
} as const;

/** Sentences with what they tell of; each number with its plural. */
export const LATER_SAYS = {
  bothDays: (zone: string): string => `Both days are in the range, by the calendar of ${zone}.`,
  minutes: (count: number, high: string, at: string, now: string): string =>
    `Viewers in each of the last ${counted(count, 'minute')}: at most ${high}, at ${at}; ` +
    `${now} in this one so far.`,
  most: (high: string): string => `most: ${high}`,
  /** `length` is null where none is known. */
  noRetention: (length: number | null): string =>
    length === null
      ? 'No view in this range says how long the title is, and no length is registered: so there ' +
        'are no places in it, as in nothing that is live. Completion needs none: it counts the ' +
        'views whose player said that it came to the end.'
      : 'Nobody watched it in this range.',
  /** `shares`: of the beginning, the middle and the end. */
  retention: (views: number, [first = '', middle = '', last = '']: readonly string[]): string =>
    `Of ${counted(views, 'view')} ${first} showed the beginning, ${middle} the middle and ` +
    `${last} the end.`,
  viewsOfLength: (views: number): string => `Of ${counted(views, 'view')} whose length is known.`,
  dropAt: (place: string): string => `Audience lost at ${place}`,
  between: (from: string, to: string): string => `${from} – ${to}`,
  ofViews: (count: number, views: number): string => `${told(count)} of ${counted(views, 'view')}`,
  times: (count: string): string => `${count} times`,
  session: (events: number, spent: readonly string[], bytes: string): string =>
    `${counted(events, 'event')}: ${[...spent, `${bytes} loaded`].join(', ')}.`,
  sessionFigure: (name: string, title: string): string => `${name}: a session of ${title}`,
  itsEvents: (count: number): string => `Its ${counted(count, 'event')}`,
  filtersOfTables: (filters: readonly string[]): string =>
    'These numbers and the chart are of all that was delivered, as a CDN bills it. For the two ' +
    `tables alone holds: ${filters.join('; ')}.`,
  deliveredBy: (interval: string): string => `Delivered by quality and ${interval}`,
  atLeast: (counted: string): string => `${counted}, at least`,
  partOf: (part: string, all: string): string => `${part} of ${all}`,
  ofCounted: (part: number, all: number, of: 'views' | 'attempts'): string =>
    `${told(part)} of ${counted(all, of === 'views' ? 'view' : 'attempt')}`,
  noneHas: (least: number, counted: string): string =>
    `No row has ${told(least)} ${counted.toLowerCase()} or more in this range.`,
  worstFirst: (metric: string): string => `Worst first: ${metric.toLowerCase()}`,
  ofAttempts: (step: string): string => `${step}, of all attempts`,
  perAttempt: (formula: string): string => `(${formula}) / attempts`,
  costPerHour: (cost: string): string =>
    `cost / watchTime in hours, of the sessions that started in the range; cost: ${cost}`,
  at: (time: string): string => `at ${time}`,
  place: (from: number, to: number, all: number): string =>
    `${told(from)} to ${told(to)} of ${told(all)}`,
  long: (length: string): string => `${length} long`,
  knownSince: (time: string): string => `known since ${time}`,
  giveUp: (position: string): string => `Give up the event at ${position}?`,
  givenUp: (position: string): string => `The event at ${position} is given up.`,
  isNow: (name: string, state: string): string => `${name} is ${state}.`,
  verified: ({ documents, differing, parked }: VerificationReport): string =>
    `${counted(documents, 'document')} compared, ${counted(differing, 'differs', 'differ')}, ` +
    `${counted(parked, 'lacks', 'lack')} parked events.`,
};
