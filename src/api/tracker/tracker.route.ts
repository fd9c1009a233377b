import type { FastifyInstance } from 'fastify';

/**
 * Adds `GET /playhead.js` and the module beside it. They are open to everyone and to pages of every
 * origin, as they hold no data.
 */
export function addTracker(fastify: FastifyInstance): void {
  for (const name of TRACKER_FILES) {
    fastify.get(`/${name}`, (_request, reply) =>
      reply
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('cache-control', `public, max-age=${String(CACHE_SECONDS)}`)
        .sendFile(name, { cacheControl: false }),
    );
  }
}

/** The tracker for any page: a script, and a module for bundlers. */
const TRACKER_FILES = ['playhead.js', 'playhead.module.js'];
export const TRACKER_PATHS: readonly string[] = TRACKER_FILES.map((name) => `/${name}`);
/**
 * The time in seconds that browsers keep the files: long enough to be cheap, and short enough that
 * a new release is everywhere soon.
 */
const CACHE_SECONDS = 3_600;
