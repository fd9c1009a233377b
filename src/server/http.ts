import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { KeyRing } from '../api/access/key-ring.js';
import { EdgeContext } from '../api/context/edge-context.js';
import { addEdge } from '../api/edge.js';
import { addParkedExtension } from '../api/graphql/parked-extension.js';
import { Connections } from '../api/http/connections.js';
import { HTTP_STATUS } from '../api/http/http-status.js';
import { pathOf, routedPath } from '../api/missing-routes.js';
import { Upgrades } from '../api/http/upgrades.js';
import { idOf } from '../api/http/request-ids.js';
import { Admission } from '../api/limits/admission.js';
import { addAnswerMetrics } from '../api/metrics/answer-metrics.js';
import { PositionTokens } from '../api/position-tokens.js';
import { OpenSubscriptions } from '../api/subscriptions/open-subscriptions.js';
import { CmcdIntake } from '../api/cmcd/cmcd-intake.js';
import { ReportIntake } from '../api/report-intake.js';
import type { Config } from '../config.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { Countries } from '../ports/countries.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { drainable } from './drain.js';
import { NestLogger } from './logging.js';

/** Makes a server around a module, ready to listen. */
export async function createHttp(
  module: DynamicModule,
  { config, logger, countries }: HttpOptions,
): Promise<HttpServer> {
  const connections = new Connections();
  const adapter = adapterFor(config, connections);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  // The edge works on fastify itself, before Nest's routes: its parts are looked up, not injected.
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.server.maxConnections = config.connectionsMax;
  // Their bytes are bounded. Node would leave out the headers beyond a number, unseen by any rule.
  fastify.server.maxHeadersCount = 0;
  connections.watch(fastify);
  app.get(Upgrades).watch(fastify.server, (socket) => connections.answered(socket));
  if (logger.isLevelEnabled('debug')) logAnswers(fastify, logger);
  addAnswerMetrics(fastify, app.get(Telemetry));
  await addEdge(fastify, {
    keyRing: app.get(KeyRing),
    admission: app.get(Admission),
    intake: app.get(ReportIntake),
    cmcd: app.get(CmcdIntake),
    cmcdSwitch: config.cmcdSwitch,
    cmcdUnknownKey: config.cmcdUnknownKey,
    onDiscard: () => {
      app.get(Telemetry).cmcd.rejected('key');
    },
    tokens: app.get(PositionTokens),
    context: new EdgeContext(config, countries),
    bytesMax: config.bodyLimitBytes,
    corsOrigins: config.corsOrigins,
    timeoutMs: config.requestTimeoutSeconds * SECOND_MS,
    hasIntrospection: config.hasIntrospection,
    hasDashboard: config.hasDashboard,
  });
  addParkedExtension(fastify);
  const graceMs = config.shutdownGraceSeconds * SECOND_MS;
  const drain = drainable(fastify.server, connections, app.get(OpenSubscriptions), graceMs);
  await app.init();
  return { app, drain };
}

export interface HttpServer {
  readonly app: NestFastifyApplication;
  /** Takes no more connections, and resolves when all connections have ended. */
  readonly drain: () => Promise<void>;
}

export interface HttpOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Undefined where no database of countries is configured. */
  readonly countries?: Countries | undefined;
}

/** Leaves errors that come before a route to the edge: Nest would answer them a second time. */
class EdgeAdapter extends FastifyAdapter {
  override setErrorHandler(): FastifyInstance {
    return this.getInstance();
  }
}

/** The time in milliseconds between two looks for requests that come too slowly. */
const SLOW_CHECK_MS = 1_000;

function adapterFor(config: Config, connections: Connections): FastifyAdapter {
  const timeoutMs = config.requestTimeoutSeconds * SECOND_MS;
  const { trustProxy } = config;
  return new EdgeAdapter({
    bodyLimit: config.bodyLimitBytes,
    trustProxy: typeof trustProxy === 'number' ? (_, hop) => hop < trustProxy : trustProxy,
    requestTimeout: timeoutMs,
    // A request may take this long to come, and again to be answered; then the connection is dead.
    connectionTimeout: 2 * timeoutMs + SLOW_CHECK_MS,
    http: {
      headersTimeout: timeoutMs,
      connectionsCheckingInterval: SLOW_CHECK_MS,
      // Node would refuse a request without a host, but with an empty answer.
      requireHostHeader: false,
    },
    genReqId: idOf,
    // Connected clients are answered to the end; others cannot connect any more.
    return503OnClosing: false,
    rewriteUrl: routedPath,
    clientErrorHandler: (error, socket) => {
      refuseBytes(connections, error, socket);
    },
  });
}

/** Answers bytes that Node refuses as a request: not HTTP, too long, or too slow. */
function refuseBytes(
  connections: Connections,
  { code }: NodeJS.ErrnoException,
  socket: Socket,
): void {
  if (code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    connections.refuse(socket, new PlayheadError('TIMEOUT', 'the request came too slowly'), 408);
    return;
  }
  const fault =
    code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge() : badInput('request', 'is not HTTP');
  connections.refuse(socket, fault, HTTP_STATUS[fault.code]);
}

const headersTooLarge = (): PlayheadError =>
  new PlayheadError(
    'HEADERS_TOO_LARGE',
    `the first line and the headers have more than ${String(maxHeaderSize)} bytes`,
  );

/** Logs a line for each answer, without the query, as a key may stand in it. */
function logAnswers(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = pathOf(request.url);
    const { id: requestId, method } = request;
    const { statusCode: status, elapsedTime } = reply;
    const milliseconds = Math.round(elapsedTime);
    logger.debug({ requestId, method, path, status, milliseconds }, 'answered');
    done();
  });
}
