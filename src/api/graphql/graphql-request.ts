import type { FastifyRequest } from 'fastify';
import { badInput, PlayheadError } from '../../domain/errors.js';
import { isObject } from '../../domain/stored-data.js';

/** A GraphQL request with members of the right types, without those that were null. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Refuses a body of another type than JSON: a foreign page could send it unasked. */
export function checkMediaType({ headers }: FastifyRequest): void {
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new PlayheadError('UNSUPPORTED_MEDIA_TYPE', 'the body must be of type application/json');
  }
  if (headers['content-encoding'] !== undefined) {
    throw new PlayheadError('UNSUPPORTED_MEDIA_TYPE', 'the body must not be packed here');
  }
}

/** Returns the request in a body; throws BAD_USER_INPUT. */
export function requestInBody(body: unknown): GraphqlRequest {
  if (!isObject(body)) throw badInput('body', 'must be a JSON object');
  return checkMembers(body);
}

/** Returns the request in a query string, where members that are not texts are JSON. */
export function readAddress(address: unknown): GraphqlRequest {
  const { variables, extensions, ...members } = isObject(address) ? address : {};
  return checkMembers({
    ...members,
    variables: parseJson('variables', variables),
    extensions: parseJson('extensions', extensions),
  });
}

function parseJson(field: string, text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return text === '' ? undefined : text;
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(field, 'must be JSON');
  }
}

function checkMembers(members: Readonly<Record<string, unknown>>): GraphqlRequest {
  const { query, operationName, variables, extensions } = members;
  if (typeof query !== 'string') throw badInput('query', 'must be a GraphQL document as a string');
  if (!isAbsent(operationName) && typeof operationName !== 'string') {
    throw badInput('operationName', 'must be a string');
  }
  if (!isAbsent(variables) && !isObject(variables)) {
    throw badInput('variables', 'must be an object');
  }
  if (!isAbsent(extensions) && !isObject(extensions)) {
    throw badInput('extensions', 'must be an object');
  }
  return {
    query,
    ...(!isAbsent(operationName) && { operationName }),
    ...(!isAbsent(variables) && { variables }),
  };
}

const isAbsent = (value: unknown): value is null | undefined =>
  value === undefined || value === null;
