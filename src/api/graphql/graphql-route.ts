import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MercuriusOptions } from 'mercurius';
import { assertKnown } from '../access/authenticate.js';
import { GraphQLError } from 'graphql';
import { tooComplex } from './document-limits.js';
import { answerErrors } from './error-formatter.js';
import type { GraphqlPipeline } from './graphql-pipeline.js';
import { checkMediaType, readAddress, readBody } from './graphql-request.js';
import type { RequestContext } from './request-context.js';

export const GRAPHQL_PATH = '/graphql';
/** Characters of an answer: aliases may ask for the same long texts time and again. */
const ANSWER_LENGTH_MAX = 16 * 2 ** 20;

type RouteOptions = NonNullable<MercuriusOptions['additionalRouteOptions']>;

/** Answers on mercurius' routes, before it would itself. */
export function graphqlRoute(
  pipeline: GraphqlPipeline,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => RequestContext,
): RouteOptions {
  return {
    // Its own would check less than we do, and would turn the numbers in an error's path to texts.
    schema: {},
    preParsing: (request, _reply, payload, done) => {
      assertKnown(request.caller);
      if (request.method === 'POST') checkMediaType(request);
      done(null, payload);
    },
    preHandler: (request, reply, done) => {
      const { method, body, query, server } = request;
      const asked = method === 'POST' ? readBody(body) : readAddress(query);
      pipeline
        .answer(server.graphql.schema, asked, contextOf(request, reply))
        .then((answer) => reply.send(answer), done);
    },
    onSend: (request, reply, payload, done) => {
      if (typeof payload !== 'string' || payload.length <= ANSWER_LENGTH_MAX) {
        done(null, payload);
        return;
      }
      const originalError = tooComplex('characters in its answer', ANSWER_LENGTH_MAX);
      const error = new GraphQLError(originalError.message, { originalError });
      const context = { reply, hasStored: reply.hasHeader('position') };
      const { statusCode, body } = answerErrors([error], context);
      request.errorCode = originalError.code;
      reply.code(statusCode);
      done(null, JSON.stringify(body));
    },
  };
}
