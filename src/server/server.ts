import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { KeyRing } from '../api/access/key-ring.js';
import { ReadinessIndicators } from '../api/readiness-indicators.js';
import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { periodsCut } from '../queries/query-settings.js';
import { addressOf, checkAddress, explainingAddress } from '../composition/address.js';
import { openCountries } from '../composition/countries.js';
import { createHttp } from './http.js';
import { Interrupted, openStoresInTime } from '../composition/startup-wait.js';

/** The most connections that the system holds while the server is busy; it may allow fewer. */
export const CONNECTIONS_WAITING_MAX = 4_096;

const EMPTY_SECRET_WARNING =
  'UNSAFE_EMPTY_VIEWER_SECRET is on: whoever has the log can find out whose its viewer ids are';

/** A server that takes requests. */
export interface RunningServer {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Warnings about keys, settings and stored data, for the operator. */
  readonly warnings: readonly string[];
  /** Answers the requests that it has taken in, then closes every store. */
  stop(): Promise<void>;
}

/**
 * Opens the stores and listens. If anything fails, it closes what it opened, and leaves the data
 * folder as it was. Throws Interrupted if the signal says so before the server listens.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<RunningServer> {
  await checkAddress(config);
  const countries = await openCountries(config, logger);
  const stores = await openStoresInTime(config, logger, signal);
  try {
    const module = AppModule.with({ config, stores, log: logger });
    const { app, drain } = await createHttp(module, { config, logger, countries });
    const fastify = app.getHttpAdapter().getInstance();
    if (signal.aborted) throw new Interrupted();
    const place = { port: config.port, host: addressOf(config.host) };
    await explainingAddress(config, () =>
      fastify.listen({ ...place, backlog: CONNECTIONS_WAITING_MAX }),
    );
    const url = urlOf(app, config.host);
    const stop = async (): Promise<void> => {
      app.get(ReadinessIndicators).beginDraining();
      await drain();
      await app.close();
      await stores.close();
      countries?.close();
    };
    const warnings = [
      ...warningsOf(app.get(KeyRing), url),
      ...config.warnings,
      ...stores.warnings,
      ...retentionWarnings(config),
      ...(config.isEmptySecretAccepted ? [EMPTY_SECRET_WARNING] : []),
    ];
    return { url, warnings, stop };
  } catch (error) {
    await stores.abandon();
    countries?.close();
    throw error;
  }
}

function warningsOf(keyRing: KeyRing, url: string): readonly string[] {
  if (keyRing.isOpen) {
    return [`no keys are set: whoever reaches ${url} on this machine may do everything`];
  }
  return keyRing.closedRoles.map((role) => `no key opens the role ${role}: nobody holds it`);
}

function retentionWarnings({ retentionDays }: Config): readonly string[] {
  const cut = periodsCut({ retentionDays });
  if (cut.length === 0) return [];
  const periods = cut.join(' and ');
  return [`RETENTION_DAYS is shorter than ${periods}: its figures are of what is kept`];
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
