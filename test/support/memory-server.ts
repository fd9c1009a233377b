import type { Command, Query } from '@nestjs/cqrs';
import { SchedulerRegistry } from '@nestjs/schedule';
import { PROJECTIONS } from '../../projections/index.js';
import { MemoryEventStore } from './memory/memory-event-store.js';
import { MemoryLease } from '../../src/adapters/read-model/memory/memory-lease.js';
import { MemoryReadModelStore } from './memory/memory-read-model-store.js';
import { AdministerProjectionCommand } from '../../src/commands/administer-projection.command.js';
import { AdministerProjectionHandler } from '../../src/commands/administer-projection.handler.js';
import {
  RecordStreamingEventsCommand,
  type RecordingOutcome,
} from '../../src/commands/record-streaming-events.command.js';
import { RegisterMediaCommand } from '../../src/commands/register-media.command.js';
import { StoredSessionLog } from '../../src/commands/stored-session-log.js';
import {
  ReportStreamingQualityCommand,
  type StreamingQuality,
} from '../../src/commands/report-streaming-quality.command.js';
import { identifyLog } from '../../src/composition/log-identity.js';
import type { MediaDescription } from '../../src/domain/event.js';
import type { TimePeriod } from '../../src/domain/period.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import type { EventStore } from '../../src/ports/event-store.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import {
  BandwidthUsageQuery,
  type BandwidthReport,
} from '../../src/queries/bandwidth-usage.query.js';
import {
  PopularStreamsQuery,
  StreamQuery,
  type Stream,
  type StreamConnection,
} from '../../src/queries/popular-streams.query.js';
import {
  StreamingAnalyticsQuery,
  type StreamingAnalytics,
} from '../../src/queries/streaming-analytics.query.js';
import { RollupService } from '../../src/rollup/rollup.service.js';
import { commandSide, identified } from './command-side.js';
import { testIdentity, testNames } from './test-log.js';
import type { DirectBus } from './direct-bus.js';
import { MemoryProjections } from './memory-projections.js';
import { NOON } from './playback.js';
import { querySide } from './query-side.js';
import { SettableClock } from './settable-clock.js';

export interface MemoryServerOptions {
  readonly now?: number;
  readonly eventStore?: EventStore;
  /** Read models elsewhere than in memory; they are closed by who opened them. */
  readonly readModels?: { readonly writer: ReadModelWriter; readonly reader: ReadModelReader };
  readonly retentionDays?: number;
  readonly scanRowsMax?: number;
  readonly sessionTimeoutSeconds?: number;
  readonly cron?: string;
}

const EGRESS_PRICE_PER_GIB = 0.085;
const SCAN_ROWS_MAX = 500_000;
const SESSION_TIMEOUT_SECONDS = 300;
const REQUEST_TIMEOUT_SECONDS = 600;

interface Parts {
  readonly clock: SettableClock;
  readonly eventStore: EventStore;
  readonly readModels: MemoryReadModelStore;
  readonly projections: MemoryProjections;
  readonly commandBus: DirectBus;
  readonly queryBus: DirectBus;
  readonly scheduler: SchedulerRegistry;
  readonly logged: string[];
  /** The idle sessions that each rollup did not get to. */
  readonly leftOver: number[];
  readonly rollup: RollupService;
}

/** Everything between the API and the stores: real handlers on memory stores, a settable clock. */
export class MemoryServer {
  private constructor(readonly parts: Parts) {}

  static async start(options: MemoryServerOptions = {}): Promise<MemoryServer> {
    const clock = new SettableClock(options.now ?? NOON);
    const eventStore = options.eventStore ?? new MemoryEventStore();
    const readModels = new MemoryReadModelStore();
    const meta = { store: eventStore, stream: testNames.meta(), identity: testIdentity, clock };
    const { storeId } = await identifyLog(meta);
    const { writer, reader } = options.readModels ?? { writer: readModels, reader: readModels };
    const feed = { storeId, log: eventStore, writer, clock };
    const projections = await MemoryProjections.start({ ...feed, projections: PROJECTIONS });
    await projections.ready();
    const { retentionDays, cron } = options;
    const { scanRowsMax = SCAN_ROWS_MAX } = options;
    const settings = {
      egressPricePerGib: EGRESS_PRICE_PER_GIB,
      retentionDays,
      scanRowsMax,
      requestMs: REQUEST_TIMEOUT_SECONDS * 1_000,
      liveWindowMs: 75_000,
    };
    const sessionLog = new StoredSessionLog(eventStore, testNames);
    const parts = { reader, control: projections, clock, settings, sessionLog };
    const queryBus = querySide(parts);
    const commandBus = commandSide(eventStore, clock).register(
      AdministerProjectionCommand,
      new AdministerProjectionHandler(projections),
    );
    const scheduler = new SchedulerRegistry();
    const logged: string[] = [];
    const leftOver: number[] = [];
    const log = (message: string): void => void logged.push(message);
    const rollup = new RollupService(
      commandBus.asCommandBus(),
      queryBus.asQueryBus(),
      scheduler,
      clock,
      {
        cron,
        retentionDays,
        sessionTimeoutSeconds: options.sessionTimeoutSeconds ?? SESSION_TIMEOUT_SECONDS,
        requestTimeoutSeconds: REQUEST_TIMEOUT_SECONDS,
      },
      {
        lease: new MemoryLease(clock),
        log: { debug: log, warn: log, error: log },
        telemetry: { leftOver: (sessions) => void leftOver.push(sessions) },
      },
    );
    const stores = { clock, eventStore, readModels, projections };
    return new MemoryServer({
      ...stores,
      commandBus,
      queryBus,
      scheduler,
      logged,
      leftOver,
      rollup,
    });
  }

  get clock(): SettableClock {
    return this.parts.clock;
  }

  /** Records reports as one request of the API would; every one of them must be accepted. */
  async record(...reports: readonly ReportFields[]): Promise<readonly Recorded[]> {
    const now = this.clock.now();
    const command = new RecordStreamingEventsCommand(reports.map((one) => identified(one, now)));
    const outcomes = await this.command(command);
    return outcomes.map((outcome) => {
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome;
    });
  }

  async reportQuality(report: StreamingQuality): Promise<void> {
    await this.command(new ReportStreamingQualityCommand(report));
  }

  async register(mediaId: string, description: MediaDescription): Promise<void> {
    await this.command(new RegisterMediaCommand(mediaId, description));
  }

  command<Result>(command: Command<Result>): Promise<Result> {
    return this.parts.commandBus.asCommandBus().execute(command);
  }

  query<Result>(query: Query<Result>): Promise<Result> {
    return this.parts.queryBus.asQueryBus().execute(query);
  }

  /** What follows reads its own writes, as a client with `read-after` does. */
  async analytics(mediaId: string, from?: number, to?: number): Promise<StreamingAnalytics> {
    return this.query(new StreamingAnalyticsQuery(mediaId, from, to, await this.head()));
  }

  async popular(period: TimePeriod, first = 100, after?: string): Promise<StreamConnection> {
    return this.query(new PopularStreamsQuery(first, after, period, await this.head()));
  }

  async stream(mediaId: string, period: TimePeriod = 'WEEK'): Promise<Stream | undefined> {
    return this.query(new StreamQuery(mediaId, period, await this.head()));
  }

  async bandwidth(period: TimePeriod): Promise<BandwidthReport> {
    return this.query(new BandwidthUsageQuery(period, await this.head()));
  }

  settled(): Promise<void> {
    return this.parts.projections.settled();
  }

  head(): Promise<number> {
    return this.parts.eventStore.head();
  }

  stop(): Promise<void> {
    return this.parts.projections.stop();
  }
}

type Recorded = Extract<RecordingOutcome, { kind: 'recorded' }>;

/** Gives the tests of a file servers that are stopped after each of them. */
export function memoryServers(): (options?: MemoryServerOptions) => Promise<MemoryServer> {
  const running: MemoryServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });
  return async (options) => {
    const server = await MemoryServer.start(options);
    running.push(server);
    return server;
  };
}
