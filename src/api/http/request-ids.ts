import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Puts the request's id into every answer, and makes it known to all code that runs for it. */
export function addRequestIds(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(HEADER, request.id);
    current.run(request.id, done);
  });
  // Code after the body's last byte runs for the connection, so the id is set again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    current.run(request.id, done);
  });
}

/** Returns the id of the request that this code runs for, for log lines. */
export const requestId = (): string | undefined => current.getStore();

const current = new AsyncLocalStorage<string>();
/** The header of the id, in every answer. An id that the client or a proxy chose is kept. */
const HEADER = 'x-request-id';
/** The form of an id that may be written into a log as it stands. */
const WELL_FORMED = /^[\w.:+/=-]{1,100}$/;

/** Returns the id that a request came with, or a new one. */
export function idOf({ headers }: { readonly headers: IncomingHttpHeaders }): string {
  const sent = headers[HEADER];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
}
