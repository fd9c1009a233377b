import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { KeyRing } from '../../../src/api/access/key-ring.js';
import { addAuthentication } from '../../../src/api/access/authenticate.js';
import { GraphqlPipeline } from '../../../src/api/graphql/graphql-pipeline.js';
import { addGraphqlRoute } from '../../../src/api/graphql/graphql-route.js';
import { RequestContext } from '../../../src/api/graphql/request-context.js';
import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../../../src/api/position-tokens.js';
import { OpenSubscriptions } from '../../../src/api/subscriptions/open-subscriptions.js';
import { Telemetry } from '../../../src/telemetry/telemetry.js';
import { badInput } from '../../../src/domain/errors.js';
import { SettableClock } from '../../support/settable-clock.js';

const LONG = 'x'.repeat(2 ** 20);

/** A schema of which no item of a list has a value. */
function schemaOf(): GraphQLSchema {
  const schema = buildSchema('type Query { list: [Item]! long: String! } type Item { value: Int }');
  const value = (): number => {
    throw badInput('value', 'is not there');
  };
  const query = { list: () => [{ value }, { value }], long: () => LONG };
  for (const [name, resolve] of Object.entries(query)) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field !== undefined) field.resolve = resolve;
  }
  return schema;
}

function routeOf(): FastifyInstance {
  const app = fastify();
  addAuthentication(app, new KeyRing({ ingest: [], read: [], admin: [] }));
  const contextOf = (request: FastifyRequest, reply: FastifyReply): RequestContext =>
    new RequestContext(request, reply, new PositionTokens('00000000'));
  const queryCostRate = new RateLimiter(undefined, 'of query cost', new SettableClock(0));
  const pipeline = new GraphqlPipeline({
    queryCostMax: 1_000,
    queryCostRate,
    hasIntrospection: true,
    subscriptions: new OpenSubscriptions(new Telemetry()),
    now: () => 0,
  });
  addGraphqlRoute(app, { schema: schemaOf(), pipeline, contextOf });
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
  const app = routeOf();
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
  const app = routeOf();
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
