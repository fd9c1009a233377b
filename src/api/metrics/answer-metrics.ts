import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SECOND_MS } from '../../domain/time.js';
import type { MeteredOperation, ShedReason, Telemetry } from '../../telemetry/telemetry.js';
import { GRAPHQL_PATH } from '../graphql/graphql-route.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the first error that its answer names. */
    errorCode: string | undefined;
  }
}

const SHED: Readonly<Record<string, ShedReason>> = {
  OVERLOADED: 'overloaded',
  RATE_LIMITED: 'rate_limited',
};
/** A request that was refused before its document was found good. */
const NOT_EXECUTED: MeteredOperation = { operation: 'none', field: 'none' };
/** A path that the server does not have: paths that clients make up are one to us. */
const NO_ROUTE = 'none';

/** Counts every answer: by its route, and what GraphQL made of it. */
export function addAnswerMetrics(fastify: FastifyInstance, telemetry: Telemetry): void {
  fastify.decorateRequest('errorCode');
  fastify.decorateRequest('operation');
  fastify.addHook('preSerialization', (request, _reply, payload, done) => {
    request.errorCode = codeIn(payload);
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / SECOND_MS;
    const route = request.routeOptions.url ?? NO_ROUTE;
    telemetry.answered({ method: request.method, route, status: reply.statusCode, seconds });
    note(request, route, seconds, telemetry);
    done();
  });
}

function note(
  { method, operation = NOT_EXECUTED, errorCode = 'OK' }: FastifyRequest,
  route: string,
  seconds: number,
  telemetry: Telemetry,
): void {
  const isQuestion = method === 'POST' || method === 'GET';
  if (route === GRAPHQL_PATH && isQuestion) telemetry.executed(operation, errorCode, seconds);
  const reason = SHED[errorCode];
  if (reason !== undefined) telemetry.shed(reason);
}

/** What errors are answered with, as plain JSON and in GraphQL. */
interface ErrorBody {
  readonly code?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[] | null;
}

function codeIn(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { code, errors } = payload as ErrorBody;
  const found = code ?? errors?.[0]?.extensions?.code;
  return typeof found === 'string' ? found : undefined;
}
