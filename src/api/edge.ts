import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { addAuthentication, addLoopbackRule, clientOf } from './access/authenticate.js';
import { addCmcd, CMCD_PATH, REJECTED_HEADER, type CmcdOptions } from './cmcd/cmcd.route.js';
import { addDashboard } from './dashboard/dashboard.route.js';
import { addEvents, EVENTS_PATH, type EventsOptions } from './events/events.route.js';
import { EXPORT_PATH } from './export/export.controller.js';
import { addGraphiql, addGraphqlPage } from './graphiql/graphiql.route.js';
import { GRAPHQL_PATH } from './graphql/graphql-route.js';
import { addAnswerTimeout } from './http/answer-timeout.js';
import { plainAnswer, sendPlain } from './http/answers.js';
import { addHostRule } from './http/host-rule.js';
import { addMadeFiles } from './http/made-files.js';
import { addMissingRoutes, isMissing, pathOf } from './missing-routes.js';
import { addPageHeaders } from './http/page-headers.js';
import { chunksOf } from './http/request-body.js';
import { addRequestIds } from './http/request-ids.js';
import { addTracker, TRACKER_PATHS } from './tracker/tracker.route.js';
import type { Admission } from './limits/admission.js';

/**
 * Adds the steps of every request before its route, in this order: an id, a time limit, headers for
 * browsers, the rules about hosts, CORS, the search for a route, and the search for the sender.
 * Also adds the routes that are not Nest's.
 */
export async function addEdge(fastify: FastifyInstance, options: EdgeOptions): Promise<void> {
  const { keyRing, admission, corsOrigins } = options;
  // Answers errors before a route's own handler, as Nest would not see them.
  fastify.setErrorHandler((error, _request, reply) => {
    sendPlain(reply, plainAnswer(error));
  });
  addRequestIds(fastify);
  addAnswerTimeout(fastify, options.timeoutMs);
  addPageHeaders(fastify);
  addHostRule(fastify);
  if (keyRing.isOpen) addLoopbackRule(fastify);
  await fastify.register(cors, { delegator: corsFor(fastify, corsOrigins) });
  addMissingRoutes(fastify);
  addGraphqlPage(fastify, options.hasIntrospection);
  addAuthentication(fastify, keyRing);
  addJsonParser(fastify, admission);
  await addEvents(fastify, options);
  await addCmcd(fastify, options);
  await addMadeFiles(fastify);
  addTracker(fastify);
  if (options.hasIntrospection) addGraphiql(fastify);
  if (options.hasDashboard) addDashboard(fastify);
}

export interface EdgeOptions extends EventsOptions, CmcdOptions {
  /** Origins that may use GraphQL from a browser. */
  readonly corsOrigins: readonly string[];
  /** The time in milliseconds that an answer may take. */
  readonly timeoutMs: number;
  /** Says whether clients may see the schema and get GraphiQL. */
  readonly hasIntrospection: boolean;
  /** Says whether the root is the dashboard. */
  readonly hasDashboard: boolean;
}

const ALLOWED = {
  allowedHeaders: ['authorization', 'content-type', 'read-after'],
  exposedHeaders: ['position', 'retry-after'],
  credentials: false,
  // An OPTIONS that is no preflight is answered like any other.
  strictPreflight: false,
};

/**
 * Chooses the pages that may use a path: those of CORS_ORIGINS for reading, any page for events and
 * for the tracker. Any page may read that there is nothing, so that its author sees the mistake.
 */
function corsFor(fastify: FastifyInstance, origins: readonly string[]) {
  const graphql: FastifyCorsOptions = {
    ...ALLOWED,
    origin: origins.length > 0 && [...origins],
    methods: ['GET', 'POST'],
  };
  const events: FastifyCorsOptions = { ...ALLOWED, origin: '*', methods: ['POST'] };
  const cmcd: FastifyCorsOptions = {
    ...events,
    allowedHeaders: ['content-type', 'authorization'],
    exposedHeaders: [...ALLOWED.exposedHeaders, REJECTED_HEADER],
    maxAge: PREFLIGHT_SECONDS,
  };
  const byPath: ReadonlyMap<string, FastifyCorsOptions> = new Map([
    [EVENTS_PATH, events],
    [CMCD_PATH, cmcd],
    ...TRACKER_PATHS.map((path) => [path, EVERY] as const),
  ]);
  return (
    request: FastifyRequest,
    done: (error: Error | null, options: FastifyCorsOptions) => void,
  ): void => {
    const path = pathOf(request.url);
    const isPlain = request.method === 'OPTIONS' && !(PREFLIGHT in request.headers);
    const isForReaders = path === GRAPHQL_PATH || path.startsWith(`/${EXPORT_PATH}/`);
    const others = isMissing(fastify, request) ? EVERY : NONE;
    const options = byPath.get(path) ?? (isForReaders ? graphql : others);
    done(null, isPlain ? NONE : options);
  };
}

/**
 * The time in seconds for which a browser may remember that a page may report. A player asks once
 * for each address.
 */
const PREFLIGHT_SECONDS = 7_200;
const NONE: FastifyCorsOptions = { origin: false };
const EVERY: FastifyCorsOptions = { ...ALLOWED, origin: '*', methods: ['GET', 'POST'] };
/** The header that tells a preflight from another OPTIONS. */
const PREFLIGHT = 'access-control-request-method';

/**
 * Finds the names of mutations that record. It only guesses: the admission counts the events of
 * every such mutation again, when its arguments are known.
 */
const RECORDING = /recordStreamingEvent|reportStreamingQuality/;

/**
 * Adds the parser of GraphQL requests. Parsing a batch costs much of what storing it does. So a
 * request that seems to record is refused before that, or waits for its turn, as the admission
 * decides. All others pass at once: they have a limit of their own, the cost of a query.
 */
function addJsonParser(fastify: FastifyInstance, admission: Admission): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.headers['transfer-encoding'] === undefined) {
      done(null, payload);
      return;
    }
    const body = Readable.from(chunksOf(request.raw));
    // A fault is told to whoever reads the body; with no listener at all it would end the process.
    body.on('error', () => undefined);
    done(null, body);
  });
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
