import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';

/**
 * Answers TIMEOUT for a request that takes too long. Fastify's own timeout makes a timer and a
 * signal for each request, which costs up to a tenth of the work on a small request.
 */
export function addAnswerTimeout(fastify: FastifyInstance, timeoutMs: number): void {
  const running = new Map<FastifyRequest, { since: number; reply: FastifyReply }>();
  fastify.addHook('onRequest', (request, reply, done) => {
    running.set(request, { since: performance.now(), reply });
    // This also runs when the connection breaks.
    reply.raw.once('close', () => running.delete(request));
    done();
  });
  const timer = setInterval(() => {
    const before = performance.now() - timeoutMs;
    // The oldest requests come first.
    for (const [request, { since, reply }] of running) {
      if (since > before) return;
      running.delete(request);
      if (reply.sent || reply.raw.headersSent) continue;
      // A client that sends its request too slowly loses its connection.
      if (!request.raw.complete) reply.header('connection', 'close');
      void reply.send(new PlayheadError('TIMEOUT', 'the answer took too long'));
    }
  }, LOOK_MS);
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}

/** The time in milliseconds between two looks for requests that take too long. */
const LOOK_MS = 500;
