/**
 * The types of schema.gql that the dashboard may meet. `npm run dashboard-types` writes this file
 * anew; a test compares the two.
 */

export interface BandwidthReport {
  readonly period: TimePeriod;
  readonly totalGB: number;
  readonly peakMbps: number;
  readonly avgMbps: number;
  readonly byQuality: readonly QualityBandwidth[];
  readonly byHour: readonly HourlyBandwidth[];
  readonly cost: number;
}

export interface BreakdownConnection {
  readonly edges: readonly BreakdownEdge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
  readonly total: Figures;
  readonly sampled: number;
}

export interface BreakdownEdge {
  readonly node: BreakdownRow;
  readonly cursor: string;
}

export interface BreakdownRow {
  readonly value: string;
  readonly label: string;
  readonly figures: Figures;
  readonly share: number;
  readonly previous: Figures | null;
}

export type Comparison = 'PREVIOUS' | 'SAME_WEEKDAYS' | 'YEAR_BEFORE';

export interface Delivery {
  readonly period: Period;
  readonly bytes: number;
  readonly cost: number;
  readonly averageMbps: number;
  readonly peakMbps: number;
  readonly peakAt: string | null;
  readonly p95Mbps: number;
  readonly at: readonly string[];
  readonly byQuality: readonly DeliverySeries[];
}

export interface DeliverySeries {
  readonly quality: StreamQuality;
  readonly bytes: readonly number[];
}

export type DeviceType = 'PHONE' | 'TABLET' | 'DESKTOP' | 'TV' | 'CONSOLE' | 'OTHER';

export type Dimension =
  | 'MEDIA'
  | 'QUALITY'
  | 'COUNTRY'
  | 'DEVICE'
  | 'OS'
  | 'BROWSER'
  | 'PLAYER'
  | 'APP'
  | 'CDN'
  | 'REFERRER'
  | 'PAGE'
  | 'LIVE'
  | 'END_REASON'
  | 'ERROR_CODE'
  | 'CUSTOM_1'
  | 'CUSTOM_2'
  | 'CUSTOM_3';

export interface DocumentDifference {
  readonly document: string;
  readonly expected: string | null;
  readonly found: string | null;
  readonly positions: readonly string[];
  readonly isCut: boolean;
}

export interface Figures {
  readonly views: number;
  readonly qualifiedViews: number;
  readonly anonymousViews: number;
  readonly viewsWithoutStates: number;
  readonly open: number;
  readonly uniqueViewers: number;
  readonly uniqueViewersExact: boolean;
  readonly watchTime: number;
  readonly averageWatchTime: number | null;
  readonly completionRate: number | null;
  readonly attempts: number;
  readonly startFailureRate: number | null;
  readonly exitBeforeStartRate: number | null;
  readonly playbackFailureRate: number | null;
  readonly startupTime: Percentiles | null;
  readonly stalls: number;
  readonly stalledTime: number;
  readonly rebufferRatio: number | null;
  readonly stallsPerHour: number | null;
  readonly bytes: number;
  readonly averageMbps: number | null;
  readonly cost: number;
  readonly peakConcurrentViewers: number;
  readonly peakAt: string | null;
  readonly byQuality: readonly QualityFigures[];
}

export interface FiguresReport {
  readonly period: Period;
  readonly figures: Figures;
  readonly previous: Figures | null;
  readonly previousPeriod: Period | null;
  readonly sampled: number;
}

export interface FilterInput {
  readonly dimension: Dimension;
  readonly anyOf: readonly string[];
  readonly exclude: boolean;
}

export interface Freshness {
  readonly position: string;
  readonly asOf: string;
  readonly lagSeconds: number;
  readonly lagEvents: number | null;
  readonly parkedEvents: number;
  readonly stopped: readonly string[];
}

export interface HourlyBandwidth {
  readonly hour: string;
  readonly totalGB: number;
  readonly peakMbps: number;
}

export interface IngestCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: readonly RefusedCount[];
  readonly perSecond: number;
}

export type Interval = 'MINUTE' | 'QUARTER_HOUR' | 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

export interface LiveCount {
  readonly value: string;
  readonly label: string;
  readonly viewers: number;
}

export interface LiveMedia {
  readonly media: Stream;
  readonly viewers: number;
}

export interface LiveSnapshot {
  readonly at: string;
  readonly viewers: number;
  readonly stalling: number;
  readonly mbps: number;
  readonly startsLastMinute: number;
  readonly failuresLastMinute: number;
  readonly perMinute: readonly number[];
  readonly peakToday: number;
  readonly peakTodayAt: string | null;
  readonly sampled: number;
  readonly freshness: Freshness;
  readonly media: readonly LiveMedia[];
  readonly by: readonly LiveCount[];
}

export type Metric =
  | 'VIEWS'
  | 'QUALIFIED_VIEWS'
  | 'ANONYMOUS_VIEWS'
  | 'UNIQUE_VIEWERS'
  | 'WATCH_TIME'
  | 'AVERAGE_WATCH_TIME'
  | 'COMPLETION_RATE'
  | 'ATTEMPTS'
  | 'START_FAILURE_RATE'
  | 'EXIT_BEFORE_START_RATE'
  | 'PLAYBACK_FAILURE_RATE'
  | 'STARTUP_P50'
  | 'STARTUP_P75'
  | 'STARTUP_P95'
  | 'STALLS'
  | 'STALLED_TIME'
  | 'STALLS_PER_HOUR'
  | 'REBUFFER_RATIO'
  | 'BYTES'
  | 'AVERAGE_MBPS'
  | 'COST'
  | 'CONCURRENT_VIEWERS_PEAK';

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface ParkedEvent {
  readonly id: string;
  readonly position: string;
  readonly logPosition: number;
  readonly document: string | null;
  readonly reason: string;
  readonly parkedAt: string;
  readonly skipped: string | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly count: number;
}

export interface Period {
  readonly from: string;
  readonly to: string;
  readonly completeUntil: string;
}

export type ProjectionState = 'LIVE' | 'REBUILDING' | 'FAILED' | 'STOPPED';

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  readonly position: string;
  readonly lagSeconds: number;
  readonly lagEvents: number | null;
  readonly parkedEvents: number;
  readonly rebuildProgress: number | null;
  readonly rebuildEventsPerSecond: number | null;
  readonly rebuildTimeLeft: number | null;
  readonly lastRebuild: RebuildEnd | null;
  readonly canRollBack: boolean;
  readonly generation: number | null;
  readonly owner: string | null;
  readonly lastAppliedAt: string | null;
}

export interface QualityBandwidth {
  readonly quality: StreamQuality;
  readonly totalGB: number;
  readonly percentage: number;
}

export interface QualityFigures {
  readonly quality: StreamQuality;
  readonly watchTime: number;
  readonly bytes: number;
  readonly stalls: number;
}

export interface QualityStats {
  readonly quality: StreamQuality;
  readonly viewCount: number;
  readonly percentage: number;
  readonly avgBandwidth: number;
}

export interface RangeInput {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

export interface RebuildEnd {
  readonly outcome: RebuildOutcome;
  readonly at: string;
  readonly detail: string;
}

export type RebuildOutcome = 'SWITCHED' | 'FAILED' | 'CANCELLED';

export interface RecordedEvent {
  readonly position: string;
  readonly mediaId: string | null;
  readonly sessionId: string | null;
  readonly viewer: string | null;
  readonly state: SessionState | null;
  readonly entry: TimelineEntry;
}

export interface RefusedCount {
  readonly reason: string;
  readonly count: number;
}

export interface RetentionCurve {
  readonly mediaId: string;
  readonly duration: number | null;
  readonly views: number;
  readonly audience: readonly number[];
  readonly plays: readonly number[];
  readonly sampled: number;
}

export interface Series {
  readonly metric: Metric;
  readonly values: readonly (number | null)[];
  readonly previous: readonly (number | null)[] | null;
}

export interface Server {
  readonly version: string;
  readonly role: string;
  readonly customDimensions: readonly string[];
  readonly egressPricePerGib: number;
  readonly qualifiedViewSeconds: number;
  readonly liveWindowSeconds: number;
  readonly retentionDays: number | null;
  readonly firstEventAt: string | null;
}

export interface Session {
  readonly id: string;
  readonly media: Stream;
  readonly viewer: string | null;
  readonly sessionId: string | null;
  readonly state: SessionState;
  readonly startedAt: string;
  readonly lastAt: string;
  readonly watchTime: number | null;
  readonly startupTime: number | null;
  readonly completed: boolean | null;
  readonly stalls: number | null;
  readonly stalledTime: number | null;
  readonly bytes: number;
  readonly quality: StreamQuality;
  readonly errorCode: string | null;
  readonly context: SessionContext;
  readonly timeline: TimelineConnection;
}

export interface SessionConnection {
  readonly edges: readonly SessionEdge[];
  readonly pageInfo: PageInfo;
}

export interface SessionContext {
  readonly device: DeviceType | null;
  readonly os: string | null;
  readonly browser: string | null;
  readonly player: string | null;
  readonly app: string | null;
  readonly cdn: string | null;
  readonly country: string | null;
  readonly referrer: string | null;
  readonly page: string | null;
  readonly live: boolean | null;
  readonly custom1: string | null;
  readonly custom2: string | null;
  readonly custom3: string | null;
}

export interface SessionEdge {
  readonly node: Session;
  readonly cursor: string;
}

export type SessionOrder = 'STARTED' | 'WATCH_TIME' | 'STALLED_TIME' | 'STARTUP_TIME';

export type SessionState =
  'STARTING' | 'PLAYING' | 'STALLED' | 'PAUSED' | 'ENDED' | 'QUIT' | 'FAILED' | 'TIMED_OUT';

export interface Stream {
  readonly id: string;
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail: string | null;
  readonly duration: number | null;
  readonly viewCount: number;
  readonly quality: StreamQuality;
  readonly popularity: number;
  readonly createdAt: string;
}

export interface StreamConnection {
  readonly edges: readonly StreamEdge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export interface StreamEdge {
  readonly node: Stream;
  readonly cursor: string;
}

export type StreamQuality = 'AUTO' | 'LOW' | 'MEDIUM' | 'HIGH' | 'ULTRA';

export interface StreamingAnalytics {
  readonly totalViews: number;
  readonly uniqueViewers: number;
  readonly averageWatchTime: number;
  readonly qualityDistribution: readonly QualityStats[];
  readonly bufferingEvents: number;
  readonly completionRate: number;
}

export type TimePeriod = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

export interface TimeSeries {
  readonly period: Period;
  readonly interval: Interval;
  readonly at: readonly string[];
  readonly series: readonly Series[];
  readonly sampled: number;
}

export interface TimelineConnection {
  readonly edges: readonly TimelineEdge[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export interface TimelineEdge {
  readonly node: TimelineEntry;
  readonly cursor: string;
}

export interface TimelineEntry {
  readonly at: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly quality: StreamQuality;
  readonly duration: number | null;
  readonly bytes: number | null;
  readonly detail: string | null;
}

export interface VerificationReport {
  readonly name: string;
  readonly version: number;
  readonly position: string;
  readonly documents: number;
  readonly differing: number;
  readonly parked: number;
  readonly first: DocumentDifference | null;
}
