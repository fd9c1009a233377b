import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApiModule } from './api/api.module.js';
import { requestNotes } from './api/graphql/parked-extension.js';
import { READINESS_SETTINGS } from './api/readiness-indicators.js';
import { CommandsModule } from './commands/commands.module.js';
import { StoredEventTail } from './commands/stored-event-tail.js';
import { StoredSessionLog } from './commands/stored-session-log.js';
import { StreamNames } from './commands/stream-names.js';
import type { Stores } from './composition/stores.js';
import type { Config } from './config.js';
import { SECOND_MS } from './domain/time.js';
import { CLOCK, CLOCK_CHECK } from './ports/clock.js';
import { EVENT_STORE } from './ports/event-store.js';
import { HEALTH } from './ports/health.js';
import { IDENTITY } from './ports/identity.js';
import { PARKED_NOTES } from './ports/parked-notes.js';
import { PROJECTION_ADMINISTRATION } from './ports/projection-administration.js';
import { PROJECTION_CONTROL } from './ports/projection-control.js';
import { READ_MODEL_READER } from './ports/read-model/reader.js';
import { EVENT_TAIL } from './ports/event-tail.js';
import { REPORT_PLACES } from './ports/report-places.js';
import { SESSION_LOG } from './ports/session-log.js';
import { QueriesModule } from './queries/queries.module.js';
import { QUERY_SETTINGS, type QuerySettings } from './queries/query-settings.js';
import { ROLLUP_NODE, ROLLUP_SETTINGS, type RollupLog } from './rollup/rollup.service.js';
import { readVersion } from './version.js';
import { Telemetry } from './telemetry/telemetry.js';

export interface AppOptions {
  readonly config: Config;
  readonly stores: Stores;
  readonly log: RollupLog;
}

/** The ports with their adapters, and each room's part of the settings, for every module. */
@Global()
@Module({})
class PortsModule {
  static with({ config, stores, log }: AppOptions): DynamicModule {
    const { retentionDays, rollupCron, sessionTimeoutSeconds, requestTimeoutSeconds } = config;
    const providers: Provider[] = [
      { provide: CLOCK, useValue: stores.clock },
      { provide: CLOCK_CHECK, useValue: stores.clockCheck },
      { provide: IDENTITY, useValue: stores.identity },
      { provide: StreamNames, useValue: stores.names },
      { provide: EVENT_STORE, useValue: stores.eventStore },
      {
        provide: SESSION_LOG,
        useValue: new StoredSessionLog(stores.eventStore, stores.names),
      },
      { provide: EVENT_TAIL, useValue: new StoredEventTail(stores.eventStore, stores.clock) },
      { provide: HEALTH, useValue: stores.health },
      { provide: READ_MODEL_READER, useValue: stores.readModels },
      { provide: PARKED_NOTES, useValue: requestNotes },
      { provide: PROJECTION_ADMINISTRATION, useValue: stores.projectionAdministration },
      { provide: PROJECTION_CONTROL, useValue: stores.projectionControl },
      { provide: Telemetry, useValue: stores.telemetry },
      { provide: REPORT_PLACES, useValue: stores.telemetry.cmcd },
      { provide: QUERY_SETTINGS, useValue: querySettingsOf(config) },
      {
        provide: ROLLUP_SETTINGS,
        useValue: {
          cron: rollupCron,
          sessionTimeoutSeconds,
          retentionDays,
          requestTimeoutSeconds,
        },
      },
      {
        provide: ROLLUP_NODE,
        useValue: { lease: stores.rollupLease, log, telemetry: stores.telemetry },
      },
      { provide: READINESS_SETTINGS, useValue: { lagSecondsMax: config.readyMaxLagSeconds } },
    ];
    return { module: PortsModule, providers, exports: providers };
  }
}

const querySettingsOf = (config: Config): QuerySettings => ({
  egressPricePerGib: config.egressPricePerGib,
  retentionDays: config.retentionDays,
  scanRowsMax: config.scanRowsMax,
  requestMs: config.requestTimeoutSeconds * SECOND_MS,
  liveWindowMs: config.liveWindowSeconds * SECOND_MS,
});

/** The server, around stores that are open already. */
@Module({})
export class AppModule {
  static with(options: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PortsModule.with(options),
        CqrsModule.forRoot(),
        CommandsModule,
        QueriesModule,
        ApiModule.with({
          storeId: options.stores.storeId,
          clock: options.stores.clock,
          version: readVersion(),
          telemetry: options.stores.telemetry,
          settings: options.config,
        }),
      ],
    };
  }
}
