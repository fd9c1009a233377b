import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { mmdb } from './mmdb.js';
import { freePort, startProxy, type ProxyKind, type RunningProxy } from './proxies.js';
import { makeCertificate, SecureClient, type Certificate } from './secure.js';
import { startServer, type TestServer } from './server.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

export const KEYS = {
  ingest: 'an-ingest-key-for-tests',
  read: 'a-read-key-for-tests-1',
  admin: 'an-admin-key-for-tests',
} as const;

const COUNTRIES = { '127.0.0.0/8': 'DE', '203.0.113.0/24': 'FR' };

/** A server with keys behind a proxy that speaks TLS, as docs/going-public.md has it. */
export interface Proxied {
  readonly kind: ProxyKind;
  readonly folder: string;
  readonly certificate: Certificate;
  readonly proxy: RunningProxy;
  readonly server: TestServer;
  readonly client: SecureClient;
  /** `https://localhost:PORT` */
  readonly origin: string;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
}

/** Starts a server and a proxy before the tests of a file, and ends them after. */
export function withProxy(kind: ProxyKind): Proxied {
  const folder = temporaryFolder();
  const running: { server?: TestServer; proxy?: RunningProxy; certificate?: Certificate } = {};
  const there = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('it has not started');
    return part;
  };
  const agent = new Agent({ keepAlive: true });
  let upstream = 0;
  const start = async (): Promise<void> => {
    running.server = await startServer(join(folder, 'data'), {
      PORT: String(upstream),
      INGEST_KEY: KEYS.ingest,
      READ_KEY: KEYS.read,
      ADMIN_KEY: KEYS.admin,
      TRUST_PROXY: 'loopback',
      COUNTRY_HEADER: 'CF-IPCountry',
      GEOIP_FILE: join(folder, 'countries.mmdb'),
    });
  };
  beforeAll(async () => {
    const networks = Object.entries(COUNTRIES).map(
      ([network, code]) => [network, { country: { iso_code: code } }] as const,
    );
    writeFileSync(join(folder, 'countries.mmdb'), mmdb(Object.fromEntries(networks)));
    upstream = await freePort();
    running.certificate = makeCertificate(folder);
    const { certificate } = running;
    [, running.proxy] = await Promise.all([
      start(),
      startProxy(kind, { upstream, certificate, folder }),
    ]);
  });
  afterAll(async () => {
    agent.destroy();
    await running.proxy?.stop();
    await running.server?.stop();
    removeFolder(folder);
  });
  return {
    kind,
    folder,
    get certificate() {
      return there(running.certificate);
    },
    get proxy() {
      return there(running.proxy);
    },
    get server() {
      return there(running.server);
    },
    get client() {
      return new SecureClient(this.proxy.port, this.certificate.cert, agent);
    },
    get origin() {
      return `https://localhost:${String(this.proxy.port)}`;
    },
    stopServer: async () => {
      await there(running.server).stop();
    },
    startServer: start,
  };
}
