import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { Connections } from '../../src/api/http/connections.js';
import { drainable } from '../../src/server/drain.js';

interface DrainableServer {
  readonly server: FastifyInstance;
  readonly client: Socket;
  readonly drain: () => Promise<void>;
}

const NO_SUBSCRIPTIONS = { endAll: () => Promise.resolve() };

/** A server that may take so long to end, and a client that was answered just now. */
async function serverWith(graceMs: number): Promise<DrainableServer> {
  const server = fastify();
  const connections = new Connections();
  connections.watch(server);
  const drain = drainable(server.server, connections, NO_SUBSCRIPTIONS, graceMs);
  server.get('/', () => 'here');
  await server.listen({ host: '127.0.0.1', port: 0 });
  const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(client, 'data');
  return { server, client, drain };
}

test('a kept connection is given up earlier where an end may take less time', async () => {
  const servers = { patient: await serverWith(60_000), hasty: await serverWith(1) };
  const order: string[] = [];
  await Promise.all(
    Object.entries(servers).map(async ([name, { server, client, drain }]) => {
      client.once('close', () => order.push(name));
      await drain();
      await server.close();
    }),
  );
  expect(order).toEqual(['hasty', 'patient']);
});
