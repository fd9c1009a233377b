import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { TerminusModule } from '@nestjs/terminus';
import type { Clock } from '../ports/clock.js';
import { HEALTH, type Health } from '../ports/health.js';
import { RollupModule } from '../rollup/rollup.module.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { AccessGuard } from './access/access.guard.js';
import { KeyRing, type KeysByRole } from './access/key-ring.js';
import { graphqlModule } from './graphql/graphql.module.js';
import { SERVER_FACTS, type ServerFacts } from './graphql/server-models.js';
import { RESOLVERS } from './graphql/schema.js';
import { ExportController, QUERY_COST_RATE } from './export/export.controller.js';
import { ExceptionFilter } from './exception.filter.js';
import { CmcdIntake, RATE_READING } from './cmcd/cmcd-intake.js';
import type { RateReading } from './cmcd/read-line.js';
import { HealthController } from './health.controller.js';
import { Upgrades } from './http/upgrades.js';
import {
  ARRIVING_BYTES_MAX,
  Admission,
  WAITING_BYTES_MAX,
  WAITING_EVENTS_MAX,
} from './limits/admission.js';
import { LagLimit } from './limits/lag-limit.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { OpenSubscriptions } from './subscriptions/open-subscriptions.js';
import { LiveFeed } from './subscriptions/live-feed.js';
import { ProgressFeed } from './subscriptions/progress-feed.js';
import { UnknownLabels } from './unknown-labels.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { PositionTokens } from './position-tokens.js';
import { ReadinessIndicators } from './readiness-indicators.js';
import { ReportIntake } from './report-intake.js';
import { ROOT_SETTINGS, RootController } from './root.controller.js';

/**
 * Provides what clients see through Nest: GraphQL, exports, health, metrics, and the page at the
 * root. Also provides the parts that the routes of edge.ts use.
 */
@Module({})
export class ApiModule {
  static with({ storeId, clock, version, telemetry, settings }: ApiOptions): DynamicModule {
    const subscriptions = new OpenSubscriptions(telemetry);
    const keyRing = new KeyRing(settings.keys);
    const upgrades = new Upgrades();
    const { corsOrigins, bodyLimitBytes: bytesMax } = settings;
    const webSockets = { subscriptions, keyRing, upgrades, corsOrigins, bytesMax, telemetry };
    const tokens = new PositionTokens(storeId);
    const { queryCostMax, queryCostPerSecondMax, hasIntrospection } = settings;
    const queryCostRate = new RateLimiter(queryCostPerSecondMax, 'of query cost', clock);
    const now = (): number => clock.now();
    const limits = { queryCostMax, queryCostRate, hasIntrospection, subscriptions, now };
    return {
      module: ApiModule,
      imports: [
        CqrsModule,
        RollupModule,
        TerminusModule.forRoot({ logger: false }),
        graphqlModule(tokens, limits, webSockets),
      ],
      controllers: [
        ExportController,
        HealthController,
        MetricsController,
        // The dashboard takes its place.
        ...(settings.hasDashboard ? [] : [RootController]),
      ],
      providers: [
        { provide: APP_FILTER, useClass: ExceptionFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: PositionTokens, useValue: tokens },
        { provide: OpenSubscriptions, useValue: subscriptions },
        { provide: KeyRing, useValue: keyRing },
        { provide: Upgrades, useValue: upgrades },
        {
          provide: Admission,
          useFactory: (health: Health) => gateFor(settings, clock, health),
          inject: [HEALTH],
        },
        { provide: SERVER_FACTS, useValue: factsOf(version, settings) },
        { provide: QUERY_COST_RATE, useValue: queryCostRate },
        { provide: ROOT_SETTINGS, useValue: { hasGraphiql: hasIntrospection } },
        { provide: RATE_READING, useValue: settings.cmcdRates },
        CmcdIntake,
        LiveFeed,
        ProgressFeed,
        ReadinessIndicators,
        ReportIntake,
        UnknownLabels,
        ...RESOLVERS,
      ],
    };
  }
}

/** The settings of the API. */
interface ApiSettings extends Omit<ServerFacts, 'version'> {
  readonly keys: KeysByRole;
  /** Undefined if there is no limit. */
  readonly eventsPerSecondMax: number | undefined;
  /** Undefined if there is no limit. */
  readonly queryCostPerSecondMax: number | undefined;
  readonly queryCostMax: number;
  readonly hasIntrospection: boolean;
  readonly hasDashboard: boolean;
  readonly bodyLimitBytes: number;
  readonly corsOrigins: readonly string[];
  readonly cmcdRates: RateReading;
  /** Undefined if there is no limit. */
  readonly lagSecondsMax: number | undefined;
}

export interface ApiOptions {
  /** The log's id. */
  readonly storeId: string;
  readonly clock: Clock;
  /** The version of this release. */
  readonly version: string;
  readonly telemetry: Telemetry;
  readonly settings: ApiSettings;
}

const factsOf = (version: string, settings: ApiSettings): ServerFacts => ({
  version,
  customDimensions: settings.customDimensions,
  egressPricePerGib: settings.egressPricePerGib,
  qualifiedViewSeconds: settings.qualifiedViewSeconds,
  liveWindowSeconds: settings.liveWindowSeconds,
  retentionDays: settings.retentionDays,
});

function gateFor(
  { eventsPerSecondMax, bodyLimitBytes, lagSecondsMax }: ApiSettings,
  clock: Clock,
  health: Health,
): Admission {
  // Leaves room for a body of any allowed size, both as it comes and unpacked.
  const atLeast = (bytes: number): number => Math.max(bytes, 2 * bodyLimitBytes);
  const room = {
    eventsMax: WAITING_EVENTS_MAX,
    bytesMax: atLeast(WAITING_BYTES_MAX),
    arrivingBytesMax: atLeast(ARRIVING_BYTES_MAX),
  };
  const rate = new RateLimiter(eventsPerSecondMax, 'events', clock);
  return new Admission(room, rate, new LagLimit(lagSecondsMax, health));
}
