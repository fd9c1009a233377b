import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { addRequestRules } from '../api/graphql/request-rules.js';
import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { openEmbeddedStores } from './embedded-stores.js';
import { NestLogger } from './logging.js';

/** How often idle connections are looked for while the server ends. */
const IDLE_CHECK_MS = 50;

/** A server that takes requests. */
export interface RunningServer {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Answers what it has taken in, then closes every store. */
  stop(): Promise<void>;
}

/** Opens the stores and listens; if anything fails, what was opened is closed again. */
export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  const stores = await openEmbeddedStores(config, (message, isFinal) => {
    if (isFinal) logger.error(message);
    else logger.warn(`${message}; trying again`);
  });
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with({ config, stores, log: logger }),
      new FastifyAdapter({
        bodyLimit: config.bodyLimitBytes,
        forceCloseConnections: 'idle',
        frameworkErrors: refusePath,
      }),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    const fastify = app.getHttpAdapter().getInstance();
    addRequestRules(fastify);
    const drain = drainable(fastify);
    await app.init();
    await fastify.listen({ port: config.port, host: config.host });
    const stop = async (): Promise<void> => {
      const stopDraining = drain();
      await app.close();
      stopDraining();
      await stores.close();
    };
    return { url: urlOf(app, config.host), stop };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/**
 * From when its result is called on, every answer ends its connection, and idle ones are closed:
 * otherwise a client that keeps its connection would keep the server from ending.
 */
function drainable(fastify: FastifyInstance): () => () => void {
  let isDraining = false;
  fastify.addHook('onSend', async (_request, reply) => {
    if (isDraining) reply.header('connection', 'close');
    return Promise.resolve();
  });
  return () => {
    isDraining = true;
    const timer = setInterval(() => {
      fastify.server.closeIdleConnections();
    }, IDLE_CHECK_MS);
    return () => {
      clearInterval(timer);
    };
  };
}

/** What fastify itself refuses before there is a route: a path that is not well formed. */
function refusePath(_error: unknown, _request: unknown, reply: FastifyReply): void {
  void reply.code(400).send({ code: 'BAD_USER_INPUT', message: 'the path is not well formed' });
}

function urlOf(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}
