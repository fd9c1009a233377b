import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeyRing } from '../api/access/key-ring.js';
import { ReadinessIndicators } from '../api/readiness-indicators.js';
import { AppModule } from '../app.module.js';
import { addressOf, explainingAddress } from '../composition/address.js';
import { Interrupted } from '../composition/startup-wait.js';
import type { Stores } from '../composition/stores.js';
import { createHttp, type HttpOptions } from './http.js';

/** An HTTP server that takes requests. */
interface Serving {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Warnings about keys, for the operator. */
  readonly warnings: readonly string[];
  /** Answers the requests that it has taken in. */
  stop(): Promise<void>;
}

interface ServingOptions extends HttpOptions {
  readonly signal: AbortSignal;
}

/** The most connections that the system holds while the server is busy; it may allow fewer. */
export const CONNECTIONS_WAITING_MAX = 4_096;

/**
 * Serves stores that are open, which stay the caller's to close. Throws Interrupted if the signal
 * says so before the server listens.
 */
export async function serveStores(
  stores: Stores,
  { signal, ...options }: ServingOptions,
): Promise<Serving> {
  const { config, logger } = options;
  const module = AppModule.with({ config, stores, log: logger });
  const { app, drain } = await createHttp(module, options);
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
  };
  return { url, warnings: warningsOf(app.get(KeyRing), url), stop };
}

function warningsOf(keyRing: KeyRing, url: string): readonly string[] {
  if (keyRing.isOpen) {
    return [`no keys are set: whoever reaches ${url} on this machine may do everything`];
  }
  return keyRing.closedRoles.map((role) => `no key opens the role ${role}: nobody holds it`);
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
