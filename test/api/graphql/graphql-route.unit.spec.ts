import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import mercurius from 'mercurius';
import { KeyRing } from '../../../src/api/access/key-ring.js';
import { addAuthentication } from '../../../src/api/access/authenticate.js';
import { formatErrors } from '../../../src/api/graphql/error-formatter.js';
import { GraphqlPipeline } from '../../../src/api/graphql/graphql-pipeline.js';
import { graphqlRoute } from '../../../src/api/graphql/graphql-route.js';
import { RequestContext } from '../../../src/api/graphql/request-context.js';
import { RateLimiter } from '../../../src/api/ingest/rate-limiter.js';
import { PositionTokens } from '../../../src/api/position-tokens.js';
import { badInput } from '../../../src/domain/errors.js';
import { SettableClock } from '../../support/settable-clock.js';

const SCHEMA = 'type Query { list: [Item]! long: String! } type Item { value: Int }';
const LONG = 'x'.repeat(2 ** 20);

/** The route around a schema of which the second item of a list has no value. */
async function routeOf(): Promise<FastifyInstance> {
  const app = fastify();
  addAuthentication(app, new KeyRing({ ingest: [], read: [], admin: [] }));
  const contextOf = (request: FastifyRequest, reply: FastifyReply): RequestContext =>
    new RequestContext(request, reply, new PositionTokens('00000000'));
  const queryCostRate = new RateLimiter(undefined, 'of query cost', new SettableClock(0));
  const pipeline = new GraphqlPipeline({
    queryCostMax: 1_000,
    queryCostRate,
    hasIntrospection: true,
    now: () => 0,
  });
  const value = (): number => {
    throw badInput('value', 'is not there');
  };
  await app.register(mercurius, {
    schema: SCHEMA,
    resolvers: { Query: { list: () => [{}, {}], long: () => LONG }, Item: { value } },
    additionalRouteOptions: graphqlRoute(pipeline, contextOf),
    errorFormatter: formatErrors,
    context: contextOf,
  });
  return app;
}

const error = (place: number): object => ({
  message: 'value: is not there',
  path: ['list', place, 'value'],
  extensions: { code: 'BAD_USER_INPUT' },
});

test.each([
  ['kept', ''],
  ['too long to be kept', ` # ${'x'.repeat(5_000)}`],
])('an error names its place in a list as a number, in a document that is %s', async (_, more) => {
  const app = await routeOf();
  const payload = { query: `{ list { value } }${more}` };
  for (let time = 0; time < 3; time += 1) {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload });
    expect(answer.json()).toMatchObject({
      data: { list: [{ value: null }, { value: null }] },
      errors: [error(0), error(1)],
    });
  }
  await app.close();
});

test('an answer of more than 16 MiB is refused', async () => {
  const app = await routeOf();
  const ask = (times: number) => {
    const fields = Array.from({ length: times }, (_, i) => `a${String(i)}: long`);
    const payload = { query: `{ ${fields.join(' ')} }` };
    return app.inject({ method: 'POST', url: '/graphql', payload });
  };
  expect((await ask(15)).json()).toHaveProperty('data.a14');
  const { body, statusCode } = await ask(17);
  expect([statusCode, JSON.parse(body)]).toMatchObject([
    200,
    { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  ]);
  expect(body).not.toContain('data');
  await app.close();
});
