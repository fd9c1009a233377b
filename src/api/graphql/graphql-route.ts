import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { assertKnown } from '../access/authenticate.js';
import { answerErrors, answerFailure, codedError } from './answer-errors.js';
import { tooComplex } from './document-limits.js';
import type { GraphqlPipeline } from './graphql-pipeline.js';
import { checkMediaType, readAddress, requestInBody } from './graphql-request.js';
import type { RequestContext } from './request-context.js';

export const GRAPHQL_PATH = '/graphql';
/** The most characters of an answer: aliases may ask for the same long texts repeatedly. */
const ANSWER_LENGTH_MAX = 16 * 2 ** 20;

export type ContextOf = (request: FastifyRequest, reply: FastifyReply) => RequestContext;

export interface GraphqlRouteOptions {
  readonly schema: GraphQLSchema;
  readonly pipeline: GraphqlPipeline;
  readonly contextOf: ContextOf;
}

/** Adds the route of GraphQL over HTTP: a POST of JSON, or a GET that only asks. */
export function addGraphqlRoute(
  fastify: FastifyInstance,
  { schema, pipeline, contextOf }: GraphqlRouteOptions,
): void {
  fastify.route({
    method: ['GET', 'POST'],
    url: GRAPHQL_PATH,
    preParsing: (request, _reply, payload, done) => {
      assertKnown(request.caller);
      if (request.method === 'POST') checkMediaType(request);
      done(null, payload);
    },
    handler: (request, reply) => {
      const { method, body, query } = request;
      const asked = method === 'POST' ? requestInBody(body) : readAddress(query);
      return pipeline.answer(schema, asked, contextOf(request, reply));
    },
    errorHandler: (error, _request, reply) => {
      const { statusCode, body } = answerFailure(error, reply);
      void reply.code(statusCode).send(body);
    },
    onSend: (request, reply, payload, done) => {
      if (typeof payload !== 'string' || payload.length <= ANSWER_LENGTH_MAX) {
        done(null, payload);
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
