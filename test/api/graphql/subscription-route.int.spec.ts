import { connect, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { fastify, type FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { KeyRing } from '../../../src/api/access/key-ring.js';
import { addAuthentication } from '../../../src/api/access/authenticate.js';
import { GraphqlPipeline } from '../../../src/api/graphql/graphql-pipeline.js';
import { addGraphqlRoute } from '../../../src/api/graphql/graphql-route.js';
import { RequestContext } from '../../../src/api/graphql/request-context.js';
import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../../../src/api/position-tokens.js';
import {
  OpenSubscriptions,
  type SubscriptionLimits,
} from '../../../src/api/subscriptions/open-subscriptions.js';
import { nextResult, subscribe } from '../../support/event-source.js';
import { until } from '../../support/polling.js';
import { SettableClock } from '../../support/settable-clock.js';

const LONG = 'x'.repeat(2 ** 20);
const ASKED = { query: 'subscription { long }' };

/** A server with a subscription that has long results all the time. */
class Place {
  readonly ends: string[] = [];
  given = 0;
  private readonly app: FastifyInstance = fastify();

  constructor(limits: SubscriptionLimits, queryCostMax = 1_000) {
    const telemetry = {
      subscribed: () => undefined,
      unsubscribed: (_field: string, code: string) => void this.ends.push(code),
    };
    addAuthentication(this.app, new KeyRing({ ingest: [], read: [], admin: [] }));
    const tokens = new PositionTokens('00000000');
    const pipeline = new GraphqlPipeline({
      queryCostMax,
      queryCostRate: new RateLimiter(undefined, 'of query cost', new SettableClock(0)),
      hasIntrospection: true,
      subscriptions: new OpenSubscriptions(telemetry, limits),
      now: () => 0,
    });
    addGraphqlRoute(this.app, {
      schema: this.schema(),
      pipeline,
      contextOf: (request, reply) => new RequestContext(request, reply, tokens),
    });
  }

  async listen(): Promise<string> {
    await this.app.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get port(): number {
    return (this.app.server.address() as AddressInfo).port;
  }

  connections(): Promise<number> {
    return promisify(this.app.server.getConnections.bind(this.app.server))();
  }

  close(): Promise<void> {
    this.app.server.closeAllConnections();
    return this.app.close();
  }

  private schema(): GraphQLSchema {
    const schema = buildSchema('type Query { a: Int } type Subscription { long: String! }');
    const field = schema.getSubscriptionType()?.getFields().long;
    if (field !== undefined) field.subscribe = () => this.longs();
    return schema;
  }

  private async *longs() {
    for (;;) {
      this.given += 1;
      yield await Promise.resolve({ long: LONG });
    }
  }
}

const places: Place[] = [];
async function placeWith(
  { max = 10, takeMs = 60_000, lingerMs = 60_000 },
  queryCostMax?: number,
): Promise<{ readonly place: Place; readonly url: string }> {
  const place = new Place({ max, times: { takeMs, lingerMs } }, queryCostMax);
  places.push(place);
  return { place, url: await place.listen() };
}
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.close()));
});

/** Subscribes by hand, and reads nothing. */
function deafClient(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  const body = JSON.stringify(ASKED);
  socket.write(
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n' +
      `Content-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
  );
  return socket;
}

test('a client that does not read costs a bounded amount, and is ended with OVERLOADED', async () => {
  const { place } = await placeWith({ takeMs: 300 });
  const socket = deafClient(place.port);
  await until(() => place.ends.length > 0);
  expect(place.ends).toEqual(['OVERLOADED']);
  // What the system holds for a connection is some megabytes; the server holds one result.
  expect(place.given).toBeLessThan(50);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => (text += data.replaceAll('x', '')));
  socket.resume();
  await until(() => text.includes('complete'));
  expect(text).toMatch(/"code":"OVERLOADED".*event: complete/s);
  socket.destroy();
});

test('a client that never reads loses its connection', async () => {
  const { place } = await placeWith({ takeMs: 100, lingerMs: 100 });
  const socket = deafClient(place.port).on('error', () => undefined);
  await until(() => place.ends.length > 0);
  await until(async () => (await place.connections()) === 0);
  expect(place.ends).toEqual(['OVERLOADED']);
  socket.destroy();
});

test('a client that reads slowly is served on', async () => {
  const { place, url } = await placeWith({ takeMs: 60_000 });
  const source = await subscribe(url, ASKED);
  for (let i = 0; i < 20; i += 1)
    expect(await nextResult(source)).toEqual({ data: { long: LONG } });
  expect(place.ends).toEqual([]);
  source.close();
  await until(() => place.ends.length > 0);
  expect(place.ends).toEqual(['OK']);
});

test('more subscriptions than may be open are refused with OVERLOADED', async () => {
  const { url } = await placeWith({ max: 1 });
  const first = await subscribe(url, ASKED);
  await nextResult(first);
  const { response } = await subscribe(url, ASKED);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
  first.close();
  await until(async () => {
    const again = await subscribe(url, ASKED);
    again.close();
    return again.response.ok;
  });
});

test('a subscription that would cost too much is refused', async () => {
  const { url } = await placeWith({}, 1);
  const { response } = await subscribe(url, ASKED);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  ]);
});
