import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AppendOutcome } from '../ports/event-store.js';
import { PARKED_CAUSES } from '../ports/parked-summary.js';
import { CmcdCounts } from './cmcd-counts.js';
import type { ProjectionLag } from '../ports/projection-control.js';
import { SHED_REASONS, type ShedReason } from './refusals.js';
import { IngestCounts, type IngestOutcome } from './ingest-counts.js';
import type { CommitMeasurement } from './metered-read-model-writer.js';

/** From a commit of a fast disk to the longest wait that the server allows, in seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 10, 100, 500, 1_000, 2_500, 5_000];

/** Gauges with the name of a counter: sums of others, which Prometheus can form. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** The operation of a GraphQL request, in the schema's words only: clients cannot add words. */
export interface MeteredOperation {
  readonly operation: string;
  readonly field: string;
}

/** The measurement of an HTTP answer; the route is the server's pattern, not the client's path. */
export interface MeteredAnswer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/**
 * The server's measurements of itself, in the form that Prometheus reads. No label holds a value
 * that a client can choose, so that the number of series is bounded. docs/operations.md lists all
 * names.
 */
export class Telemetry {
  readonly registry = new Registry();
  readonly ingest = new IngestCounts();
  private readonly registers = [this.registry];

  private readonly ingestEvents = new Counter({
    name: 'playhead_ingest_events_total',
    help: 'Events that players sent',
    labelNames: ['type', 'outcome'],
    registers: this.registers,
  });
  private readonly unknownLabels = new Counter({
    name: 'playhead_ingest_unknown_labels_total',
    help: 'Accepted events whose quality label names no quality',
    registers: this.registers,
  });
  readonly cmcd = new CmcdCounts(this.registry);
  private readonly shedRequests = new Counter({
    name: 'playhead_shed_requests_total',
    help: 'Requests turned away for want of room, behind a lagging read model or above a rate',
    labelNames: ['reason'],
    registers: this.registers,
  });
  private readonly httpRequests = new Counter({
    name: 'playhead_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: this.registers,
  });
  private readonly httpDurations = new Histogram({
    name: 'playhead_http_request_duration_seconds',
    help: 'Time from an HTTP request to its answer',
    labelNames: ['route'],
    buckets: DURATION_BUCKETS,
    registers: this.registers,
  });
  private readonly graphqlOperations = new Counter({
    name: 'playhead_graphql_operations_total',
    help: 'GraphQL operations answered',
    labelNames: ['operation', 'field', 'code'],
    registers: this.registers,
  });
  private readonly graphqlDurations = new Histogram({
    name: 'playhead_graphql_operation_duration_seconds',
    help: 'Time from a GraphQL request to its answer',
    labelNames: ['operation', 'field'],
    buckets: DURATION_BUCKETS,
    registers: this.registers,
  });
  private readonly openSubscriptions = new Gauge({
    name: 'playhead_graphql_open_subscriptions',
    help: 'GraphQL subscriptions that are open on this node',
    registers: this.registers,
  });
  private readonly endedSubscriptions = new Counter({
    name: 'playhead_graphql_subscriptions_ended_total',
    help: 'GraphQL subscriptions that have ended, by the error that ended them',
    labelNames: ['field', 'code'],
    registers: this.registers,
  });
  private readonly appendDurations = new Histogram({
    name: 'playhead_append_duration_seconds',
    help: 'Time until the event store had answered an append',
    buckets: DURATION_BUCKETS,
    registers: this.registers,
  });
  private readonly appends = new Counter({
    name: 'playhead_appends_total',
    help: 'Appends to a stream, each atomic',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  private readonly commitDurations = new Histogram({
    name: 'playhead_projection_commit_duration_seconds',
    help: 'Time of a commit of documents and checkpoint',
    labelNames: ['projection'],
    buckets: DURATION_BUCKETS,
    registers: this.registers,
  });
  private readonly batchEvents = new Histogram({
    name: 'playhead_projection_batch_events',
    help: 'Events of the log that a commit took in',
    labelNames: ['projection'],
    buckets: BATCH_BUCKETS,
    registers: this.registers,
  });
  private readonly lagSeconds = new Gauge({
    name: 'playhead_projection_lag_seconds',
    help: 'Age of the oldest event that a projection has not applied',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly parkedEvents = new Gauge({
    name: 'playhead_projection_parked_events',
    help: 'Events that a projection could not take and that wait',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly parkedCauses = new Gauge({
    name: 'playhead_projection_parked_cause_events',
    help: 'Events that a projection could not take and that wait, by cause',
    labelNames: ['projection', 'cause'],
    registers: this.registers,
  });
  private readonly parkedPosition = new Gauge({
    name: 'playhead_projection_parked_position',
    help: 'Where in the log the first event is that a projection could not take, while one waits',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly newerEvents = new Gauge({
    name: 'playhead_projection_newer_events',
    help: 'Events of a newer release that a projection passed over since this node started',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly rebuildRatio = new Gauge({
    name: 'playhead_projection_rebuild_ratio',
    help: 'How much of the log a rebuild holds, while one runs',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly isUp = new Gauge({
    name: 'playhead_projection_up',
    help: 'Whether a projection advances',
    labelNames: ['projection'],
    registers: this.registers,
  });
  private readonly readAfterWaits = new Histogram({
    name: 'playhead_read_after_wait_seconds',
    help: 'Time that a query waited for its read models',
    buckets: DURATION_BUCKETS,
    registers: this.registers,
  });
  private readonly readAfterTimeouts = new Counter({
    name: 'playhead_read_after_timeouts_total',
    help: 'Queries whose read models did not get there in time',
    registers: this.registers,
  });
  private readonly idleSessions = new Gauge({
    name: 'playhead_rollup_backlog_sessions',
    help: 'Idle sessions that the last rollup of this node did not get to',
    registers: this.registers,
  });
  /** Set only if there is a store with a clock of its own. */
  private clockOffsets: Gauge | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    // Prometheus can tell a rate only of a count that it saw before the first rise.
    for (const reason of SHED_REASONS) this.shedRequests.inc({ reason }, 0);
  }

  ingested(type: string, outcome: IngestOutcome, events = 1): void {
    const isRefused = outcome === 'invalid' || outcome === 'batch' || outcome === 'store';
    this.ingestEvents.inc({ type, outcome: isRefused ? 'refused' : outcome }, events);
    this.ingest.add(outcome, events);
  }

  notedUnknownLabel(): void {
    this.unknownLabels.inc();
  }

  shed(reason: ShedReason): void {
    this.shedRequests.inc({ reason });
  }

  answered({ method, route, status, seconds }: MeteredAnswer): void {
    this.httpRequests.inc({ method, route, status });
    this.httpDurations.observe({ route }, seconds);
  }

  /** Counts an operation; `code` is that of the first error, or `OK`. */
  executed(operation: MeteredOperation, code: string, seconds: number): void {
    this.graphqlOperations.inc({ ...operation, code });
    this.graphqlDurations.observe({ ...operation }, seconds);
  }

  subscribed(): void {
    this.openSubscriptions.inc();
  }

  /** Counts the end of a subscription; `code` is that of the error that ended it, or `OK`. */
  unsubscribed(field: string, code: string): void {
    this.openSubscriptions.dec();
    this.endedSubscriptions.inc({ field, code });
  }

  appended(outcomes: readonly AppendOutcome[], seconds: number): void {
    this.appendDurations.observe(seconds);
    for (const { kind } of outcomes) this.appends.inc({ outcome: kind });
  }

  committed({ projection, seconds, events }: CommitMeasurement): void {
    this.commitDurations.observe({ projection }, seconds);
    if (events !== undefined) this.batchEvents.observe({ projection }, events);
  }

  waited(seconds: number, isInTime: boolean): void {
    this.readAfterWaits.observe(seconds);
    if (!isInTime) this.readAfterTimeouts.inc();
  }

  leftOver(sessions: number): void {
    this.idleSessions.set(sessions);
  }

  /** Sets how far a store's clock is ahead of the machine's own; behind it, if negative. */
  clockOff(store: string, seconds: number): void {
    this.clockOffsets ??= new Gauge({
      name: 'playhead_clock_offset_seconds',
      help: "How far a store's clock is ahead of this machine's",
      labelNames: ['store'],
      registers: this.registers,
    });
    this.clockOffsets.set({ store }, seconds);
  }

  /** Sets the state of projections, just before Prometheus reads it. */
  show(projections: readonly ProjectionLag[]): void {
    this.rebuildRatio.reset();
    this.parkedPosition.reset();
    for (const projection of projections) {
      const { name, lagSeconds, parkedEvents, newerEvents, rebuildShare, isStopped } = projection;
      const { byCause, lowest } = projection.parked;
      const labels = { projection: name };
      this.newerEvents.set(labels, newerEvents);
      this.lagSeconds.set(labels, lagSeconds);
      this.parkedEvents.set(labels, parkedEvents);
      for (const cause of PARKED_CAUSES)
        this.parkedCauses.set({ ...labels, cause }, byCause[cause]);
      if (lowest !== undefined) this.parkedPosition.set(labels, lowest.position);
      this.isUp.set(labels, isStopped ? 0 : 1);
      if (rebuildShare !== undefined) this.rebuildRatio.set(labels, rebuildShare);
    }
  }
}
