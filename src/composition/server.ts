import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { KeyRing } from '../api/access/key-ring.js';
import { ReadinessIndicators } from '../api/readiness-indicators.js';
import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { createHttp } from './http.js';
import { openStores } from './stores.js';

/** Connections that the system holds while the server is busy; it may allow fewer. */
export const CONNECTIONS_WAITING_MAX = 4_096;

/** A server that takes requests. */
export interface RunningServer {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** What whoever runs it should know about its keys. */
  readonly warnings: readonly string[];
  /** Answers what it has taken in, then closes every store. */
  stop(): Promise<void>;
}

/** Opens the stores and listens; if anything fails, what was opened is closed again. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const stores = await openStores(config, logger);
  try {
    const module = AppModule.with({ config, stores, log: logger });
    const { app, drain } = await createHttp(module, config, logger);
    const fastify = app.getHttpAdapter().getInstance();
    const host = addressOf(config.host);
    await fastify.listen({ port: config.port, host, backlog: CONNECTIONS_WAITING_MAX });
    const url = urlOf(app, config.host);
    const stop = async (): Promise<void> => {
      app.get(ReadinessIndicators).beginDraining();
      await drain();
      await app.close();
      await stores.close();
    };
    return { url, warnings: warningsOf(app.get(KeyRing), url), stop };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

function warningsOf(keyRing: KeyRing, url: string): readonly string[] {
  if (keyRing.isOpen) {
    return [`no keys are set: whoever reaches ${url} on this machine may do everything`];
  }
  return keyRing.closedRoles.map((role) => `no key opens the role ${role}: nobody holds it`);
}

/** One address: two servers could not be ended together. */
const addressOf = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
