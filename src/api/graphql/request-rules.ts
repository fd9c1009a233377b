import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badInput, PlayheadError } from '../../domain/errors.js';

const GRAPHQL_PATH = '/graphql';

/**
 * Refuses what is no GraphQL request before anything is made of it: another type than JSON (which a
 * foreign page could send without being asked), and members of the wrong type.
 */
export function addRequestRules(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request) => {
    if (isGraphqlPost(request)) checkMediaType(request.headers['content-type']);
    return Promise.resolve();
  });
  fastify.addHook('preValidation', async (request) => {
    if (isGraphqlPost(request)) checkMembers(request.body);
    return Promise.resolve();
  });
}

const isGraphqlPost = ({ method, url }: FastifyRequest): boolean =>
  method === 'POST' && url.split('?', 1)[0] === GRAPHQL_PATH;

function checkMediaType(contentType: string | undefined): void {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return;
  throw new PlayheadError('UNSUPPORTED_MEDIA_TYPE', 'the body must be of type application/json');
}

function checkMembers(body: unknown): void {
  if (!isObject(body)) throw badInput('body', 'must be a JSON object');
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string') throw badInput('query', 'must be a GraphQL document as a string');
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    throw badInput('operationName', 'must be a string');
  }
  if (!isAbsent(variables) && !isObject(variables))
    throw badInput('variables', 'must be an object');
  if (!isAbsent(extensions) && !isObject(extensions)) {
    throw badInput('extensions', 'must be an object');
  }
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
