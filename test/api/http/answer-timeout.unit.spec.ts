import { fastify, type FastifyInstance } from 'fastify';
import { addAnswerTimeout } from '../../../src/api/http/answer-timeout.js';
import { plainAnswer, sendPlain } from '../../../src/api/http/answers.js';

async function serverWith(
  timeoutMs: number,
  answer: () => Promise<object>,
): Promise<FastifyInstance> {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    sendPlain(reply, plainAnswer(error));
  });
  addAnswerTimeout(app, timeoutMs);
  app.get('/', answer);
  await app.ready();
  return app;
}

test('a request that takes too long is answered, once, and may be sent again', async () => {
  let finish: (answer: object) => void = () => undefined;
  const working = new Promise<object>((resolve) => {
    finish = resolve;
  });
  const app = await serverWith(1, () => working);
  const answer = await app.inject('/');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ code: 'TIMEOUT' });
  expect(answer.headers['retry-after']).toBe('1');
  // What comes after is dropped.
  finish({ late: true });
  await working;
  await app.close();
});

test('one that is answered in time is not touched', async () => {
  const app = await serverWith(60_000, () => Promise.resolve({ in: 'time' }));
  expect((await app.inject('/')).json()).toEqual({ in: 'time' });
  await app.close();
});
