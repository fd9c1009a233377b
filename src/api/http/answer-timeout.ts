import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PlayheadError } from '../../domain/errors.js';

/** How often requests are looked for that take too long. */
const LOOK_MS = 500;

/**
 * Answers TIMEOUT for a request that takes too long. Fastify's own timeout is a timer and a signal
 * for each request, which costs as much as a tenth of the work on a small one.
 */
export function addAnswerTimeout(fastify: FastifyInstance, timeoutMs: number): void {
  const running = new Map<FastifyRequest, { since: number; reply: FastifyReply }>();
  fastify.addHook('onRequest', (request, reply, done) => {
    running.set(request, { since: performance.now(), reply });
    // Also when the connection breaks.
    reply.raw.once('close', () => running.delete(request));
    done();
  });
  const timer = setInterval(() => {
    const before = performance.now() - timeoutMs;
    // The eldest come first.
    for (const [request, { since, reply }] of running) {
      if (since > before) return;
      running.delete(request);
      if (reply.sent) continue;
      // Who brings a request too slowly is not waited for any longer.
      if (!request.raw.complete) reply.header('connection', 'close');
      void reply.send(new PlayheadError('TIMEOUT', 'the answer took too long'));
    }
  }, LOOK_MS);
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}
