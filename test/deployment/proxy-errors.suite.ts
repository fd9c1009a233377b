import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { Agent } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Answer } from '../support/http.js';
import type { Proxied } from '../support/proxied.js';
import { startProxy, type RunningProxy } from '../support/proxies.js';
import { SecureClient, type Asked } from '../support/secure.js';

/** Waves of requests, together more than the recipe of nginx lets through in one go. */
const WAVE = 300;
const WAVES_MAX = 10;
const SOCKETS = 20;
const BODY_BYTES_MAX = 2 ** 20;
const JSON_TYPE = 'application/json; charset=utf-8';
const KEY = 'a-key-of-somebody';
const REPORT: Asked = {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: 'https://videos.example' },
  body: '[]',
};
const PREFLIGHT: Asked = {
  method: 'OPTIONS',
  headers: {
    origin: 'https://videos.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type',
  },
};

/** What a page of another origin learns of an answer, and what a program makes of it. */
function told({ status, headers, json }: Answer): readonly unknown[] {
  const [error] = (json.errors ?? []) as readonly { extensions?: { code?: string } }[];
  return [
    status,
    json.code ?? error?.extensions?.code,
    headers.get('access-control-allow-origin'),
    headers.get('content-type'),
  ];
}

/** The answers that a proxy gives by itself: behind it is silence at first, and then nobody. */
export function proxyErrorSuite(under: Proxied): void {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  let proxy: RunningProxy | undefined;
  let client: SecureClient;
  const logs = (): string => proxy?.logs() ?? '';
  const isNginx = under.kind === 'nginx';

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { certificate, kind } = under;
    const folder = join(under.folder, 'silent');
    mkdirSync(folder);
    const upstream = (server.address() as AddressInfo).port;
    proxy = await startProxy(kind, { upstream, certificate, folder, waitSeconds: 1 });
    client = new SecureClient(proxy.port, certificate.cert, agent);
  });
  afterAll(async () => {
    agent.destroy();
    await proxy?.stop();
    server.close();
  });

  it('has a code where the server does not answer in time', async () => {
    const [events, graphql] = await Promise.all(
      [`/events?key=${KEY}`, '/graphql'].map((path) => client.send(path, REPORT)),
    );
    expect(events && told(events)).toEqual([504, 'TIMEOUT', '*', JSON_TYPE]);
    expect(graphql && told(graphql)).toEqual([504, 'TIMEOUT', null, JSON_TYPE]);
  });

  // Caddy leaves the length of bodies to the server.
  if (isNginx) {
    it('has a code for a body that is too large', async () => {
      const body = ' '.repeat(BODY_BYTES_MAX + 1);
      const answer = await client.send(`/cmcd?key=${KEY}`, { ...REPORT, body });
      expect(told(answer)).toEqual([413, 'PAYLOAD_TOO_LARGE', '*', JSON_TYPE]);
    });
  }

  it('has a code while the server is not there, and answers what browsers ask first', async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
    for (const path of [`/events?key=${KEY}`, '/cmcd']) {
      const answer = await client.send(path, REPORT);
      expect(told(answer)).toEqual([502, 'STORE_UNAVAILABLE', '*', JSON_TYPE]);
      const { status, headers } = await client.send(path, PREFLIGHT);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
      expect(headers.get('access-control-allow-headers')).toContain('content-type');
    }
    for (const path of ['/graphql', '/live']) {
      const answer = await client.send(path, REPORT);
      expect(told(answer)).toEqual([502, 'STORE_UNAVAILABLE', null, JSON_TYPE]);
      expect((await client.send(path, PREFLIGHT)).status).toBe(502);
    }
  });

  // Caddy as Debian has it does not count requests: the server's own limits do.
  if (isNginx) {
    it('has a code for a flood from one address', async () => {
      let refused: Answer | undefined;
      for (let wave = 0; wave < WAVES_MAX && refused === undefined; wave += 1) {
        const sent = Array.from({ length: WAVE }, () => client.send('/events', REPORT));
        refused = (await Promise.all(sent)).find(({ status }) => status === 429);
      }
      expect(refused && told(refused)).toEqual([429, 'RATE_LIMITED', '*', JSON_TYPE]);
      expect(refused?.headers.get('access-control-expose-headers')).toContain('retry-after');
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    });
  }

  it('is logged without its query and without an address', () => {
    expect(logs()).toMatch(/502/);
    expect(logs()).toMatch(/504/);
    for (const secret of [KEY, SecureClient.ADDRESS, 'key=']) {
      expect([secret, logs().includes(secret)]).toEqual([secret, false]);
    }
  });
}
