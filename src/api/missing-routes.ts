import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badInput, PlayheadError } from '../domain/errors.js';
import { CMCD_PATH } from './cmcd/cmcd.route.js';
import { EVENTS_PATH } from './events/events.route.js';
import { GRAPHQL_PATH } from './graphql/graphql-route.js';

/**
 * Answers a request without a route before its body is looked at: the path is not there, or not for
 * this method. To OPTIONS it lists the methods of the path.
 */
export function addMissingRoutes(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isQuestion = request.method === 'OPTIONS';
    if (!request.is404 && !isQuestion) {
      done();
      return;
    }
    const allow = methodsOf(fastify, pathOf(request.url));
    if (!isQuestion || allow.length === 0) done(faultOf(request, allow));
    else void reply.code(NO_CONTENT).header('allow', allow.join(', ')).send();
  });
}

/** Returns the path to route. It replaces a malformed path, for which the router has no hooks. */
export function routedPath({ url = '' }: { readonly url?: string | undefined }): string {
  if (!url.includes('%')) return url;
  try {
    decodeURI(pathOf(url));
    return url;
  } catch {
    // The rule for missing routes tells the client.
    return MALFORMED_PATH;
  }
}

/** A path without a route; it stands for paths that cannot be decoded. */
const MALFORMED_PATH = '/malformed';
const NO_CONTENT = 204;

/** Says whether there is nothing for a request, or for the one that its preflight asks about. */
export const isMissing = (fastify: FastifyInstance, request: FastifyRequest): boolean =>
  request.is404 ||
  (request.method === 'OPTIONS' && methodsOf(fastify, pathOf(request.url)).length === 0);

/** The methods that routes of this server take. */
const METHODS = ['GET', 'HEAD', 'POST'];

function methodsOf(fastify: FastifyInstance, url: string): readonly string[] {
  const methods = METHODS.filter((method) => fastify.hasRoute({ method, url }));
  return methods.length === 0 ? [] : [...methods, 'OPTIONS'];
}

/** Advice for clients that use the wrong method, by path. */
const HINTS: Readonly<Record<string, string>> = {
  [EVENTS_PATH]: 'send events as a POST: a JSON array of events, one event, or NDJSON',
  [CMCD_PATH]: 'send CMCD reports in event mode as a POST of application/cmcd, a line for each',
  [GRAPHQL_PATH]: 'send GraphQL as a POST of JSON: {"query": "...", "variables": {}}',
};

function faultOf({ url, originalUrl }: FastifyRequest, allow: readonly string[]): PlayheadError {
  const path = pathOf(url);
  if (path === MALFORMED_PATH && originalUrl !== url) return badInput('path', 'is not well formed');
  if (allow.length === 0) return new PlayheadError('NOT_FOUND', 'there is nothing here');
  const hint = HINTS[path] ?? `this takes ${allow.join(', ')}`;
  return new PlayheadError('METHOD_NOT_ALLOWED', hint, { allow });
}

/** Returns the path of an address, without its query. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';
