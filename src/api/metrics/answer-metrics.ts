import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SECOND_MS } from '../../domain/time.js';
import type { ShedReason } from '../../telemetry/refusals.js';
import type { Telemetry } from '../../telemetry/telemetry.js';
import { LAGGING } from '../limits/lag-limit.js';
import { GRAPHQL_PATH } from '../graphql/graphql-route.js';
import { NOT_EXECUTED } from '../graphql/metered-operation.js';

/** Counts every answer by its route, and every GraphQL answer by its operation and error. */
export function addAnswerMetrics(fastify: FastifyInstance, telemetry: Telemetry): void {
  fastify.decorateRequest('errorCode');
  fastify.decorateRequest('errorReason');
  fastify.decorateRequest('operation');
  fastify.decorateRequest('isStreamed', false);
  fastify.addHook('preSerialization', (request, _reply, payload, done) => {
    const { code, reason } = errorIn(payload);
    request.errorCode = textOf(code);
    request.errorReason = textOf(reason);
    done(null, payload);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (request.isStreamed) note(request, reply, telemetry);
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!request.isStreamed) note(request, reply, telemetry);
    done();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the first error in the answer. */
    errorCode: string | undefined;
    /** The reason that this error adds to its code. */
    errorReason: string | undefined;
    /** Says whether the answer goes on after it has begun: then it counts as it begins. */
    isStreamed: boolean;
  }
}

const SHED: Readonly<Record<string, ShedReason>> = {
  OVERLOADED: 'overloaded',
  RATE_LIMITED: 'rate_limited',
};
/** Stands for all paths that the server does not have, since clients make them up. */
const NO_ROUTE = 'none';

function note(request: FastifyRequest, reply: FastifyReply, telemetry: Telemetry): void {
  const { method, operation = NOT_EXECUTED, errorCode = 'OK', errorReason } = request;
  const seconds = reply.elapsedTime / SECOND_MS;
  const route = request.routeOptions.url ?? NO_ROUTE;
  telemetry.answered({ method, route, status: reply.statusCode, seconds });
  const isQuestion = method === 'POST' || method === 'GET';
  if (route === GRAPHQL_PATH && isQuestion) telemetry.executed(operation, errorCode, seconds);
  const reason = errorReason === LAGGING ? LAGGING : SHED[errorCode];
  if (reason !== undefined) telemetry.shed(reason);
}

/** The members of an error in an answer that are counted. */
interface AnsweredError {
  readonly code?: unknown;
  readonly reason?: unknown;
}

/** The body of an error answer, in plain JSON or in GraphQL. */
interface ErrorBody extends AnsweredError {
  readonly errors?: readonly { readonly extensions?: AnsweredError }[] | null;
}

function errorIn(payload: unknown): AnsweredError {
  if (typeof payload !== 'object' || payload === null) return {};
  const body = payload as ErrorBody;
  return body.code === undefined ? (body.errors?.[0]?.extensions ?? {}) : body;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
