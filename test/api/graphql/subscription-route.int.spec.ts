import { connect, type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { fastify, type FastifyInstance } from 'fastify';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { KeyRing } from '../../../src/api/access/key-ring.js';
import { addAuthentication } from '../../../src/api/access/authenticate.js';
import { GraphqlPipeline } from '../../../src/api/graphql/graphql-pipeline.js';
import { addGraphqlRoute } from '../../../src/api/graphql/graphql-route.js';
import { RequestContext } from '../../../src/api/graphql/request-context.js';
import { Upgrades } from '../../../src/api/http/upgrades.js';
import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../../../src/api/position-tokens.js';
import {
  OpenSubscriptions,
  type SubscriptionLimits,
} from '../../../src/api/subscriptions/open-subscriptions.js';
import { WebSockets } from '../../../src/api/subscriptions/web-sockets.js';
import { nextResult, subscribe } from '../../support/event-source.js';
import { until } from '../../support/polling.js';
import { SettableClock } from '../../support/settable-clock.js';
import { openSocket } from '../../support/web-socket.js';

const LONG = 'x'.repeat(2 ** 20);
const ASKED = { query: 'subscription { long }' };

/** A server with a subscription that has long results all the time. */
class LongResultServer {
  readonly ends: string[] = [];
  given = 0;
  private readonly app: FastifyInstance = fastify();

  constructor(limits: SubscriptionLimits, queryCostMax: number, pingMs: number) {
    const telemetry = {
      subscribed: () => undefined,
      unsubscribed: (_field: string, code: string) => void this.ends.push(code),
    };
    const keyRing = new KeyRing({ ingest: [], read: [], admin: [] });
    addAuthentication(this.app, keyRing);
    const tokens = new PositionTokens('00000000');
    const subscriptions = new OpenSubscriptions(telemetry, limits);
    const pipeline = new GraphqlPipeline({
      queryCostMax,
      queryCostRate: new RateLimiter(undefined, 'of query cost', new SettableClock(0)),
      hasIntrospection: true,
      subscriptions,
      now: () => 0,
    });
    const schema = this.schema();
    const upgrades = new Upgrades();
    upgrades.watch(this.app.server, () => Promise.resolve());
    const counting = { answered: () => undefined, executed: () => undefined };
    addGraphqlRoute(this.app, {
      schema,
      pipeline,
      contextOf: (request, reply) => new RequestContext(request, reply, tokens),
      webSockets: new WebSockets({
        ...{ schema, pipeline, subscriptions, keyRing, upgrades, telemetry: counting },
        ...{ corsOrigins: [], bytesMax: 1_000, pingMs },
      }),
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
      await turn();
      yield { long: LONG };
    }
  }
}

const servers: LongResultServer[] = [];
async function serverWith(
  { max = 10, takeMs = 60_000, lingerMs = 60_000, pingMs = 60_000 },
  queryCostMax = 1_000,
): Promise<{ readonly server: LongResultServer; readonly url: string }> {
  const server = new LongResultServer({ max, times: { takeMs, lingerMs } }, queryCostMax, pingMs);
  servers.push(server);
  return { server, url: await server.listen() };
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
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
  const { server } = await serverWith({ takeMs: 300 });
  const socket = deafClient(server.port);
  await until(() => server.ends.length > 0);
  expect(server.ends).toEqual(['OVERLOADED']);
  // What the system holds for a connection is some megabytes; the server holds one result.
  expect(server.given).toBeLessThan(50);
  let text = '';
  socket.setEncoding('utf8').on('data', (data: string) => (text += data.replaceAll('x', '')));
  socket.resume();
  await until(() => text.includes('complete'));
  expect(text).toMatch(/"code":"OVERLOADED".*event: complete/s);
  socket.destroy();
});

test('a client that never reads loses its connection', async () => {
  const { server } = await serverWith({ takeMs: 100, lingerMs: 100 });
  const socket = deafClient(server.port).on('error', () => undefined);
  await until(() => server.ends.length > 0);
  await until(async () => (await server.connections()) === 0);
  expect(server.ends).toEqual(['OVERLOADED']);
  socket.destroy();
});

test('a client that reads slowly is served on', async () => {
  const { server, url } = await serverWith({ takeMs: 60_000 });
  const source = await subscribe(url, ASKED);
  for (let i = 0; i < 20; i += 1)
    expect(await nextResult(source)).toEqual({ data: { long: LONG } });
  expect(server.ends).toEqual([]);
  source.close();
  await until(() => server.ends.length > 0);
  expect(server.ends).toEqual(['OK']);
});

test('more subscriptions than may be open are refused with OVERLOADED', async () => {
  const { url } = await serverWith({ max: 1 });
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
  const { url } = await serverWith({}, 1);
  const { response } = await subscribe(url, ASKED);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
  ]);
});

describe('over a WebSocket', () => {
  const connectTo = async (url: string, options = {}) => {
    const client = await openSocket(url, options);
    client.say({ type: 'connection_init' });
    expect(await client.next()).toEqual({ type: 'connection_ack' });
    return client;
  };
  const subscribing = { type: 'subscribe', id: '1', payload: ASKED };

  test('a client that does not read costs a bounded amount, and loses its connection', async () => {
    const { server, url } = await serverWith({ takeMs: 100, lingerMs: 100 });
    const client = await connectTo(url);
    client.say(subscribing);
    client.socket.pause();
    await until(() => server.ends.length > 0);
    await until(async () => (await server.connections()) === 0);
    expect(server.ends).toEqual(['OVERLOADED']);
    expect(server.given).toBeLessThan(50);
  });

  test('a client that asks on and on and does not read loses it, too', async () => {
    const { server, url } = await serverWith({ max: 1_000 });
    const client = await connectTo(url);
    client.socket.on('error', () => undefined).pause();
    const ask = setInterval(() => {
      // The answers name the ids.
      for (let i = 0; i < 100; i += 1) {
        const id = `${'x'.repeat(800)}${String(Math.random())}`;
        client.say({ type: 'subscribe', id, payload: { query: '{' } });
      }
    }, 10);
    await until(async () => (await server.connections()) === 0);
    clearInterval(ask);
  });

  test('a client that no ping reaches has gone', async () => {
    const { server, url } = await serverWith({ pingMs: 200 });
    const mute = await connectTo(url, { autoPong: false });
    const there = await connectTo(url);
    expect(await mute.closed).toBe(1_006);
    expect([await server.connections(), there.socket.readyState]).toEqual([1, there.socket.OPEN]);
    there.socket.terminate();
  });

  test('more subscriptions than may be open are refused, and the others go on', async () => {
    const { url } = await serverWith({ max: 1 });
    const client = await connectTo(url);
    client.say(subscribing);
    await client.next();
    client.say({ ...subscribing, id: '2' });
    let heard = await client.next();
    while (heard?.id === '1') heard = await client.next();
    expect(heard).toMatchObject({
      ...{ type: 'error', id: '2' },
      payload: [{ extensions: { code: 'OVERLOADED', retryAfterSeconds: 5 } }],
    });
    expect(await client.next()).toMatchObject({ type: 'next', id: '1' });
    client.socket.terminate();
  });
});
