import type { FastifyInstance } from 'fastify';
import { badInput } from '../../domain/errors.js';

/**
 * Refuses a request that does not name exactly one host (RFC 9112, section 3.2). With two, a proxy
 * may have used the other one; Node keeps the first without an error.
 */
export function addHostRule(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const hosts = hostsIn(raw.rawHeaders);
    const isMissing = hosts === 0 && raw.httpVersion !== '1.0';
    done(isMissing || hosts > 1 ? badInput('host', 'the header must be sent once') : undefined);
  });
}

/** Counts the Host headers; names and values alternate in the list. */
function hostsIn(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
