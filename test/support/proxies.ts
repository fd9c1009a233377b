import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { until } from './polling.js';
import { programPath } from './programs.js';
import type { Certificate } from './secure.js';

export type ProxyKind = 'nginx' | 'caddy';

export interface ProxyOptions {
  /** The port of the server behind the proxy. */
  readonly upstream: number;
  readonly certificate: Certificate;
  /** A folder that is there for this proxy alone. */
  readonly folder: string;
  /** How long the proxy waits for an answer; else as its recipe has it. */
  readonly waitSeconds?: number;
}

/** A proxy that runs a recipe of `deploy/`, on this machine. */
export interface RunningProxy {
  /** Of HTTPS, at `localhost`. */
  readonly port: number;
  /** Of plain HTTP. */
  readonly plainPort: number;
  /** All that it has written, the logs of the whole proxy and what it said included. */
  logs(): string;
  stop(): Promise<void>;
}

/** A port of the loopback interface that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a proxy with the recipe of its kind: only what an operator changes is changed. */
export async function startProxy(kind: ProxyKind, options: ProxyOptions): Promise<RunningProxy> {
  const ports = { port: await freePort(), plainPort: await freePort() };
  const logs = join(options.folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const words = (kind === 'nginx' ? nginxAt : caddyAt)(options, ports, logs);
  const env = { PATH: process.env.PATH, HOME: options.folder, XDG_DATA_HOME: options.folder };
  const child = spawn(programPath(kind) ?? kind, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const stop = async (): Promise<void> => {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`${kind} ended: ${said}`);
      return isListening(ports.port);
    }, 30_000);
  } catch (error) {
    if (child.exitCode === null) await stop();
    throw error;
  }
  const files = (): readonly string[] =>
    readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
  return {
    ...ports,
    logs: () => [said, ...files()].join('\n'),
    stop,
  };
}

/** Says whether somebody answers at a port. */
async function isListening(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${String(port)}/`, { signal: AbortSignal.timeout(2_000) });
    return true;
  } catch (error) {
    // TLS that is spoken to in plain HTTP closes the connection, or says so: somebody is there.
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return code !== 'ECONNREFUSED';
  }
}

type Ports = Pick<RunningProxy, 'port' | 'plainPort'>;

/** Replaces parts of a recipe, each of which has to be there. */
function filled(recipe: string, parts: readonly (readonly [string, string])[]): string {
  return parts.reduce((text, [part, value]) => {
    if (!text.includes(part)) throw new Error(`the recipe does not have ${part}`);
    return text.replaceAll(part, value);
  }, recipe);
}

/** Writes what nginx runs with, in the frame that Debian puts around it; returns its arguments. */
function nginxAt(options: ProxyOptions, ports: Ports, logs: string): readonly string[] {
  const { certificate, folder, upstream, waitSeconds } = options;
  const [port, plainPort] = [String(ports.port), String(ports.plainPort)];
  const recipe = filled(readFileSync('deploy/nginx/playhead.conf', 'utf8'), [
    ['server 127.0.0.1:3000;', `server 127.0.0.1:${String(upstream)};`],
    ['server_name stats.example.org;', 'server_name localhost;'],
    ['/etc/letsencrypt/live/stats.example.org/fullchain.pem', certificate.certPath],
    ['/etc/letsencrypt/live/stats.example.org/privkey.pem', certificate.keyPath],
    ['listen 80', `listen 127.0.0.1:${plainPort}`],
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ...['', ' default_server'].flatMap((role) =>
      ['[::]:80', '[::]:443 ssl http2'].map((at) => [`  listen ${at}${role};\n`, ''] as const),
    ),
    ['/var/log/nginx/', `${logs}/`],
    ...(waitSeconds === undefined
      ? []
      : [['proxy_read_timeout 60s', `proxy_read_timeout ${String(waitSeconds)}s`] as const]),
  ]);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  writeFileSync(join(folder, 'recipe.conf'), recipe);
  const frame = `daemon off; master_process off; pid ${join(folder, 'pid')};
    error_log ${join(logs, 'error.log')};
    events { worker_connections 1024; }
    http { access_log ${join(logs, 'access.log')}; ${places.join(' ')}
      include ${join(folder, 'recipe.conf')}; }`;
  writeFileSync(join(folder, 'nginx.conf'), frame);
  return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(logs, 'start.log')];
}

/** Writes what Caddy runs with; returns its arguments. */
function caddyAt(options: ProxyOptions, ports: Ports, logs: string): readonly string[] {
  const { certificate, folder, upstream, waitSeconds } = options;
  const { certPath, keyPath } = certificate;
  const { port, plainPort } = ports;
  const place = `admin off\n\thttp_port ${String(plainPort)}\n\thttps_port ${String(port)}`;
  const recipe = filled(readFileSync('deploy/caddy/Caddyfile', 'utf8'), [
    ['reverse_proxy 127.0.0.1:3000', `reverse_proxy 127.0.0.1:${String(upstream)}`],
    ['\nstats.example.org {', `\nlocalhost {\n\tbind 127.0.0.1\n\ttls ${certPath} ${keyPath}`],
    ['\n{\n\tlog {', `\n{\n\t${place}\n\tlog {`],
    ['/var/log/caddy/', `${logs}/`],
    ...(waitSeconds === undefined
      ? []
      : [['timeout 60s', `timeout ${String(waitSeconds)}s`] as const]),
  ]);
  const path = join(folder, 'Caddyfile');
  writeFileSync(path, recipe);
  return ['run', '--config', path, '--adapter', 'caddyfile'];
}
