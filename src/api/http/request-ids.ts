import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Comes back with every answer; one that the client or a proxy chose is kept. */
const HEADER = 'x-request-id';
/** What may be written into a log as it stands. */
const WELL_FORMED = /^[\w.:+/=-]{1,100}$/;

const current = new AsyncLocalStorage<string>();

/** The id of the request on whose behalf this runs, for log lines. */
export const requestId = (): string | undefined => current.getStore();

/** The id that a request came with, or a new one. */
export function idOf({ headers }: { readonly headers: IncomingHttpHeaders }): string {
  const sent = headers[HEADER];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
}

/** Lets every answer carry its request's id, and everything that is done for it know the id. */
export function addRequestIds(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(HEADER, request.id);
    current.run(request.id, done);
  });
  // What follows the body's last byte runs on the connection's behalf: it has to be told again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    current.run(request.id, done);
  });
}
