import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { eventStreamOf, onlyEvent } from '../subscriptions/event-stream.js';
import type { WebSockets } from '../subscriptions/web-sockets.js';
import { ResultStream } from '../subscriptions/result-stream.js';
import { assertKnown } from '../access/authenticate.js';
import { answerErrors, answerFailure } from './answer-errors.js';
import { codedError } from './graphql-errors.js';
import { tooComplex } from './document-limits.js';
import type { GraphqlPipeline } from './graphql-pipeline.js';
import { checkMediaType, readAddress, requestInBody } from './graphql-request.js';
import { EVENTS_TYPE, prefersEvents } from './media-type.js';
import type { RequestContext } from './request-context.js';

/**
 * Adds the route of GraphQL over HTTP: a POST of JSON, or a GET that only asks. The answer is JSON,
 * or, for whoever prefers that, server-sent events. A GET may also ask for a WebSocket.
 */
export function addGraphqlRoute(
  fastify: FastifyInstance,
  { schema, pipeline, contextOf, webSockets }: GraphqlRouteOptions,
): void {
  fastify.route({
    method: ['GET', 'POST'],
    url: GRAPHQL_PATH,
    onRequest: (request, reply, done) => {
      if (webSockets?.isFor(request.raw) === true) webSockets.accept(request, reply);
      else done();
    },
    preParsing: (request, _reply, payload, done) => {
      assertKnown(request.caller);
      if (request.method === 'POST') checkMediaType(request);
      done(null, payload);
    },
    handler: async (request, reply) => {
      const { method, body, query } = request;
      const asked = method === 'POST' ? requestInBody(body) : readAddress(query);
      const context = contextOf(request, reply);
      const result = await pipeline.answer(schema, asked, context);
      return result instanceof ResultStream
        ? streamed(result, request, reply)
        : bodyOf(result, context);
    },
    errorHandler: (error, _request, reply) => {
      const { statusCode, body } = answerFailure(error, reply);
      void reply.code(statusCode).send(body);
    },
    onSend: (request, reply, payload, done) => {
      if (typeof payload !== 'string') {
        done(null, payload);
        return;
      }
      if (payload.length <= ANSWER_LENGTH_MAX) {
        const isEvent = reply.statusCode === HTTP_OK && prefersEvents(request.headers.accept);
        if (isEvent) reply.headers(EVENTS_HEADERS);
        done(null, isEvent ? onlyEvent(payload) : payload);
        return;
      }
      const fault = tooComplex('characters in its answer', ANSWER_LENGTH_MAX);
      const context = { reply, hasStored: reply.hasHeader('position') };
      const { statusCode, body } = answerErrors([codedError(fault)], context);
      request.errorCode = fault.code;
      reply.code(statusCode);
      done(null, JSON.stringify(body));
    },
  });
}

export const GRAPHQL_PATH = '/graphql';
const HTTP_OK = 200;
/** No cache and no proxy may keep events back. */
const EVENTS_HEADERS = {
  'content-type': EVENTS_TYPE,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};
/** The most characters of an answer: aliases may ask for the same long texts repeatedly. */
const ANSWER_LENGTH_MAX = 16 * 2 ** 20;

export type ContextOf = (request: FastifyRequest, reply: FastifyReply) => RequestContext;

export interface GraphqlRouteOptions {
  readonly schema: GraphQLSchema;
  readonly pipeline: GraphqlPipeline;
  readonly contextOf: ContextOf;
  /** Takes connections over that are to carry subscriptions, where there may be such. */
  readonly webSockets?: Pick<WebSockets, 'isFor' | 'accept'>;
}

/** Returns the body of an answer, and sets its status. */
function bodyOf(result: ExecutionResult, context: RequestContext): object {
  if (result.errors === undefined) return result;
  const { statusCode, body } = answerErrors(result.errors, context, result.data);
  context.reply.code(statusCode);
  return body;
}

/** Begins to answer with events, for as long as the client likes; no timeout is for that. */
function streamed(results: ResultStream, request: FastifyRequest, reply: FastifyReply): unknown {
  const { socket } = request.raw;
  if (reply.sent || socket.destroyed) {
    void results.return();
    return reply;
  }
  const { timeout = 0 } = socket;
  socket.setTimeout(0);
  reply.raw.once('finish', () => socket.setTimeout(timeout));
  request.isStreamed = true;
  return reply.headers(EVENTS_HEADERS).send(eventStreamOf(results));
}
