import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addAuthentication, addLoopbackRule, clientOf } from './access/authenticate.js';
import { addEvents, EVENTS_PATH, type EventsOptions } from './events/events.route.js';
import { addGraphiql, addGraphqlPage } from './graphiql/graphiql.route.js';
import { GRAPHQL_PATH } from './graphql/graphql-route.js';
import { addAnswerTimeout } from './http/answer-timeout.js';
import { plainAnswer, sendPlain } from './http/answers.js';
import { addHostRule } from './http/host-rule.js';
import { addMissingRoutes } from './http/missing-routes.js';
import { addPageHeaders } from './http/page-headers.js';
import { addRequestIds } from './http/request-ids.js';
import type { Admission } from './limits/admission.js';

export interface EdgeOptions extends EventsOptions {
  /** Origins that may use GraphQL from a browser. */
  readonly corsOrigins: readonly string[];
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** Who may see the schema is given an IDE for it. */
  readonly hasIntrospection: boolean;
}

/**
 * What every request meets before its route, in this order: an id, a time limit, headers for
 * browsers, the rules about hosts, CORS, whether there is a route for it, and the question of who
 * sends it. Also the routes that are not Nest's.
 */
export async function addEdge(fastify: FastifyInstance, options: EdgeOptions): Promise<void> {
  const { keyRing, admission, corsOrigins } = options;
  // For what fails before a route's own handler: that is before Nest would see it.
  fastify.setErrorHandler((error, _request, reply) => {
    sendPlain(reply, plainAnswer(error));
  });
  addRequestIds(fastify);
  addAnswerTimeout(fastify, options.timeoutMs);
  addPageHeaders(fastify);
  addHostRule(fastify);
  if (keyRing.isOpen) addLoopbackRule(fastify);
  await fastify.register(cors, { delegator: corsFor(corsOrigins) });
  addMissingRoutes(fastify);
  addGraphqlPage(fastify, options.hasIntrospection);
  addAuthentication(fastify, keyRing);
  addJsonParser(fastify, admission);
  await addEvents(fastify, options);
  if (options.hasIntrospection) await addGraphiql(fastify);
}

const ALLOWED = {
  allowedHeaders: ['authorization', 'content-type', 'read-after'],
  exposedHeaders: ['position', 'retry-after'],
  credentials: false,
  // A preflight that is not one is answered like any other OPTIONS.
  strictPreflight: false,
};

/** Which pages may use a path: GraphQL those that are named, events any. */
function corsFor(origins: readonly string[]) {
  const graphql: FastifyCorsOptions = {
    ...ALLOWED,
    origin: origins.length > 0 && [...origins],
    methods: ['GET', 'POST'],
  };
  const events: FastifyCorsOptions = { ...ALLOWED, origin: '*', methods: ['POST'] };
  return (
    request: FastifyRequest,
    done: (error: Error | null, options: FastifyCorsOptions) => void,
  ): void => {
    const path = request.url.split('?', 1)[0];
    const isPlain = request.method === 'OPTIONS' && !(PREFLIGHT in request.headers);
    const options = path === EVENTS_PATH ? events : path === GRAPHQL_PATH ? graphql : NONE;
    done(null, isPlain ? NONE : options);
  };
}

const NONE: FastifyCorsOptions = { origin: false };
/** Tells a preflight from another OPTIONS. */
const PREFLIGHT = 'access-control-request-method';

/** Names of the mutations that record. */
const RECORDING = /recordStreamingEvent|reportStreamingQuality/;

/**
 * The parser of GraphQL requests. While the waiting room is full, what would record is refused
 * before anything is made of its text.
 */
function addJsonParser(fastify: FastifyInstance, admission: Admission): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (!RECORDING.test(body)) {
        void parse(request, body, done);
        return;
      }
      const admit = async (): Promise<void> => {
        admission.check(clientOf(request));
        await admission.takeTurn(body.length);
      };
      admit().then(() => parse(request, body, done), done);
    },
  );
}
