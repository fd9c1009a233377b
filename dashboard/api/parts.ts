import type {
  BreakdownConnection,
  Dimension,
  FiguresReport,
  Freshness,
  LiveSnapshot,
  Metric,
  RetentionCurve,
  Server,
  TimeSeries,
} from './schema.js';
import type { Question } from './document.js';

/** What each page asks for with its figures: the server, and how far it has counted. */
export const HEAD = {
  server: `server { version role customDimensions egressPricePerGib qualifiedViewSeconds
    liveWindowSeconds retentionDays firstEventAt }`,
  freshness: 'freshness { position asOf lagSeconds lagEvents parkedEvents stopped }',
};
export interface HeadAnswer {
  readonly server: Server;
  readonly freshness: Freshness;
}

const OF_FIGURES = `views qualifiedViews anonymousViews viewsWithoutStates open uniqueViewers
  uniqueViewersExact watchTime averageWatchTime completionRate attempts startFailureRate
  exitBeforeStartRate playbackFailureRate startupTime { p50 p75 p95 count } stalls stalledTime
  rebufferRatio stallsPerHour bytes averageMbps cost`;
const OF_QUALITY = 'byQuality { quality watchTime bytes stalls }';

export const FIGURES = {
  figures: `figures(range: $range, filter: $filter, compare: $compare) {
    period { from to completeUntil } previousPeriod { from to completeUntil } sampled
    figures { ${OF_FIGURES} ${OF_QUALITY} } previous { ${OF_FIGURES} } }`,
};
export interface FiguresAnswer {
  readonly figures: FiguresReport;
}

/** Who watches now, for a card. */
export const VIEWERS_NOW = {
  live: 'live(filter: $filter, timeZone: $timeZone) { at viewers perMinute sampled }',
};
export interface ViewersNowAnswer {
  readonly live: Pick<LiveSnapshot, 'at' | 'viewers' | 'perMinute' | 'sampled'>;
}

/** A series of up to six metrics. */
export const seriesOf = (metrics: readonly Metric[]): string =>
  `timeSeries(range: $range, interval: $interval, metrics: [${metrics.join(', ')}], filter: $filter,
    compare: $compare) { period { from to completeUntil } interval at sampled
    series { metric values previous } }`;
export type SeriesAnswer<Name extends string> = Readonly<Record<Name, TimeSeries>>;

/** How far into a title its viewers go. */
export const RETENTION = {
  retention: `retention(mediaId: $mediaId, range: $range, filter: $filter) {
    duration views audience plays sampled }`,
};
export interface RetentionAnswer {
  readonly retention: RetentionCurve;
}

export interface WantedRows {
  readonly by: Dimension;
  readonly order?: Metric;
  readonly first?: number;
  /** Pages, searches and minima are variables of these names. */
  readonly more?: string;
}

/** The rows of a dimension, with what tables show of each, and of the period before. */
export const rowsBy = ({ by, order = 'VIEWS', first = 10, more = '' }: WantedRows): string =>
  `breakdown(range: $range, by: ${by}, filter: $filter, orderBy: ${order},
    compare: $compare, first: ${String(first)}${more}) {
    totalCount sampled pageInfo { hasNextPage endCursor } edges { node { value label
    figures { ${OF_FIGURES} } previous { ${OF_FIGURES} } } } }`;
export type Rows = BreakdownConnection;

/**
 * What rows are by whose dimension somebody chooses: the variable `by` of the question that they
 * are the answer to. Those of the one before stay until others come.
 */
export const dimensionOf = ({ variables }: Question): Dimension => variables.by as Dimension;
