import { setTimeout as pause } from 'node:timers/promises';
import { sendGraphql, type GraphqlAnswer } from './graphql.js';

type Quality = 'AUTO' | 'LOW' | 'MEDIUM' | 'HIGH' | 'ULTRA';
export type Period = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

/** The fields of the API's inputs and answers, as JSON has them. */
export interface EventInput {
  readonly mediaId: string;
  readonly eventType: string;
  readonly eventId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly endReason?: 'ENDED' | 'QUIT' | 'FAILED';
  readonly quality?: string;
  readonly duration?: number;
  readonly bytesLoaded?: number;
  readonly occurredAt?: string;
  readonly sentAt?: string;
}
export interface Receipt {
  readonly eventId: string;
  readonly sessionId: string;
  readonly position: string;
  readonly duplicate: boolean;
}
export interface BatchReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  readonly position: string;
}
export interface QualityInput {
  readonly mediaId: string;
  readonly quality: Quality;
  readonly bufferingEvents: number;
  readonly watchTime: number;
  readonly reportId?: string;
}
export interface QualityReport {
  readonly success: boolean;
  readonly mediaId: string;
  readonly quality: Quality;
  readonly reportId: string;
}
export interface MediaInput {
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail?: string;
  readonly duration?: number;
}
export interface Stream {
  readonly id: string;
  readonly mediaId: string;
  readonly title: string;
  readonly thumbnail: string | null;
  readonly duration: number | null;
  readonly viewCount: number;
  readonly quality: Quality;
  readonly popularity: number;
  readonly createdAt: string;
}
export interface RollupReport {
  readonly windowStart: string;
  readonly windowEnd: string;
  readonly mediaCount: number;
  readonly views: number;
  readonly bytes: number;
  readonly sessionsTimedOut: number;
}
export interface Analytics {
  readonly totalViews: number;
  readonly uniqueViewers: number;
  readonly averageWatchTime: number;
  readonly qualityDistribution: readonly {
    readonly quality: Quality;
    readonly viewCount: number;
    readonly percentage: number;
    readonly avgBandwidth: number;
  }[];
  readonly bufferingEvents: number;
  readonly completionRate: number;
}
export interface StreamConnection {
  readonly edges: readonly { readonly node: Stream; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}
export interface BandwidthReport {
  readonly period: Period;
  readonly totalGB: number;
  readonly peakMbps: number;
  readonly avgMbps: number;
  readonly byQuality: readonly {
    readonly quality: Quality;
    readonly totalGB: number;
    readonly percentage: number;
  }[];
  readonly byHour: readonly {
    readonly hour: string;
    readonly totalGB: number;
    readonly peakMbps: number;
  }[];
  readonly cost: number;
}
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly position: string;
  readonly lagSeconds: number;
  readonly lagEvents: number | null;
  readonly parkedEvents: number;
  readonly rebuildProgress: number | null;
}

const STREAM_FIELDS = 'id mediaId title thumbnail duration viewCount quality popularity createdAt';

export const DOCUMENTS = {
  recordStreamingEvent: `mutation($input: StreamingEventInput!) {
    recordStreamingEvent(input: $input) { eventId sessionId position duplicate } }`,
  recordStreamingEvents: `mutation($inputs: [StreamingEventInput!]!) {
    recordStreamingEvents(inputs: $inputs) { accepted duplicates position } }`,
  reportStreamingQuality: `mutation($input: StreamingQualityInput!) {
    reportStreamingQuality(input: $input) { success mediaId quality reportId } }`,
  registerMedia: `mutation($input: MediaInput!) {
    registerMedia(input: $input) { ${STREAM_FIELDS} } }`,
  aggregateRollup: `mutation($window: Duration) { aggregateRollup(window: $window) {
    windowStart windowEnd mediaCount views bytes sessionsTimedOut } }`,
  streamingAnalytics: `query($mediaId: ID!, $from: Time, $to: Time) {
    streamingAnalytics(mediaId: $mediaId, from: $from, to: $to) {
      totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
      qualityDistribution { quality viewCount percentage avgBandwidth } } }`,
  popularStreams: `query($first: Int!, $after: String, $period: TimePeriod) {
    popularStreams(first: $first, after: $after, period: $period) {
      edges { node { ${STREAM_FIELDS} } cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`,
  bandwidthUsage: `query($period: TimePeriod!) { bandwidthUsage(period: $period) {
    period totalGB peakMbps avgMbps byQuality { quality totalGB percentage }
    byHour { hour totalGB peakMbps } cost } }`,
  projections: `{ projections { name version state position lagSeconds lagEvents parkedEvents
    rebuildProgress } }`,
} as const;
export type Operation = keyof typeof DOCUMENTS;

const TRIES_MAX = 60;
/** The time in milliseconds after which the server takes more, as it says itself. */
const RETRY_AFTER_MS = 1_000;

/**
 * Plays a client of the API that reads its own writes: every query carries the positions of all
 * mutations before it.
 */
export class ApiClient {
  private readonly positions = new Set<string>();

  constructor(readonly url: string) {}

  /** Sends one operation; an answer with errors is an answer. */
  async send(operation: Operation, variables: object = {}): Promise<GraphqlAnswer> {
    const readAfter = [...this.positions].join(',');
    const answer = await sendGraphql(
      this.url,
      { query: DOCUMENTS[operation], variables: { ...variables } },
      readAfter === '' ? {} : { 'read-after': readAfter },
    );
    if (answer.position !== undefined) this.positions.add(answer.position);
    return answer;
  }

  async record(input: EventInput): Promise<Receipt> {
    return (await this.dataOf('recordStreamingEvent', { input })) as Receipt;
  }

  async recordAll(inputs: readonly EventInput[]): Promise<BatchReceipt> {
    return (await this.dataOf('recordStreamingEvents', { inputs })) as BatchReceipt;
  }

  async reportQuality(input: QualityInput): Promise<QualityReport> {
    return (await this.dataOf('reportStreamingQuality', { input })) as QualityReport;
  }

  async register(input: MediaInput): Promise<Stream> {
    return (await this.dataOf('registerMedia', { input })) as Stream;
  }

  async rollup(window?: number): Promise<RollupReport> {
    return (await this.dataOf('aggregateRollup', { window })) as RollupReport;
  }

  async analytics(
    mediaId: string,
    range: { readonly from?: string; readonly to?: string } = {},
  ): Promise<Analytics> {
    return (await this.dataOf('streamingAnalytics', { mediaId, ...range })) as Analytics;
  }

  async popular(page: {
    readonly first: number;
    readonly after?: string;
    readonly period?: Period;
  }): Promise<StreamConnection> {
    return (await this.dataOf('popularStreams', page)) as StreamConnection;
  }

  async bandwidth(period: Period): Promise<BandwidthReport> {
    return (await this.dataOf('bandwidthUsage', { period })) as BandwidthReport;
  }

  async projections(): Promise<readonly ProjectionStatus[]> {
    return (await this.dataOf('projections')) as readonly ProjectionStatus[];
  }

  /** Sends an operation, and again while the server of a busy machine is overloaded. */
  private async dataOf(operation: Operation, variables: object = {}): Promise<unknown> {
    let answer = await this.send(operation, variables);
    for (let tries = 1; isOverload(answer) && tries < TRIES_MAX; tries += 1) {
      await pause(RETRY_AFTER_MS);
      answer = await this.send(operation, variables);
    }
    const { data, errors, text } = answer;
    if (errors.length > 0) throw new Error(`${operation}: ${text.slice(0, 1_000)}`);
    return data?.[operation];
  }
}

const isOverload = ({ errors }: GraphqlAnswer): boolean =>
  errors.some(({ extensions }) => extensions?.code === 'OVERLOADED');
