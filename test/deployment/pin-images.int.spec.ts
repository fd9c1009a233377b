import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { read } from '../docs/markdown.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const SCRIPT = resolve('dist/scripts/pin-images.js');
const FILES = ['Dockerfile', 'docker-compose.yml'];
const TOKEN = 'a token for everyone';
const PINNED = /^(?:FROM|\s*image:) (?!playhead:)\S+/gm;

/** A registry that hands out tokens as Docker Hub does, and knows the tags that it is told. */
async function startRegistry(tags: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer(({ url = '', method, headers }, response) => {
    const { port } = server.address() as AddressInfo;
    const { pathname, searchParams } = new URL(url, 'http://registry');
    if (pathname === '/token') {
      expect(searchParams.get('scope')).toMatch(/^repository:.+:pull$/);
      response.end(JSON.stringify({ token: TOKEN }));
      return;
    }
    const [, name = '', tag = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(pathname) ?? [];
    const digest = tags.get(`${name}:${tag}`);
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      const realm = `http://127.0.0.1:${String(port)}/token`;
      const scope = `repository:${name}:pull`;
      const challenge = `Bearer realm="${realm}",service="registry",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (method !== 'HEAD' || digest === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'docker-content-digest': digest }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const addressOf = (server: Server): string =>
  `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

/** The images that our files name, as a registry names them, with a digest each. */
const tags = new Map(
  FILES.flatMap((path) => read(path).match(PINNED) ?? [])
    .map((line) => line.replace(/^\s*\S+ /, '').split('@')[0] ?? '')
    .map((image) => (image.includes('/') ? image : `library/${image}`))
    .map((image, index) => [image, `sha256:${String(index % 10).repeat(64)}`]),
);

describe('npm run pin-images', () => {
  const folder = temporaryFolder();
  const running: Server[] = [];
  const start = async (known: ReadonlyMap<string, string>): Promise<string> => {
    const server = await startRegistry(known);
    running.push(server);
    return addressOf(server);
  };

  beforeEach(() => {
    for (const path of FILES) copyFileSync(path, join(folder, path));
  });
  afterAll(() => {
    for (const server of running) server.close();
    removeFolder(folder);
  });

  const pin = async (registry: string) => {
    const child = spawn(process.execPath, [SCRIPT, registry], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    const texts = FILES.map((path) => readFileSync(join(folder, path), 'utf8'));
    return { status: child.exitCode, stderr, texts };
  };

  it('writes behind every tag the digest that it has, and none behind our own', async () => {
    expect(tags.size).toBe(5);
    const { status, stderr, texts } = await pin(await start(tags));
    expect([status, stderr]).toEqual([0, '']);
    const images = texts.join('').match(PINNED) ?? [];
    expect(images.length).toBeGreaterThan(3);
    for (const line of images) {
      const [image = '', digest] = line.replace(/^\s*\S+ /, '').split('@');
      expect(digest).toBe(tags.get(image.includes('/') ? image : `library/${image}`));
    }
    expect(texts.join('')).toMatch(/image: playhead:[\d.]+$/m);
  });

  it('writes a new digest over an old one, and changes nothing else', async () => {
    const before = FILES.map(read);
    await pin(await start(tags));
    const moved = new Map([...tags].map(([image]) => [image, `sha256:${'f'.repeat(64)}`]));
    const { texts } = await pin(await start(moved));
    const digests = new Set(texts.join('').match(/@sha256:[0-9a-f]+/g));
    expect([...digests]).toEqual([`@sha256:${'f'.repeat(64)}`]);
    const bare = (text: string): string => text.replaceAll(/@sha256:[0-9a-f]{64}/g, '');
    expect(texts.map(bare)).toEqual(before.map(bare));
  });

  it.each([
    ['there is no network', () => Promise.resolve('http://127.0.0.1:9')],
    ['a tag is not known', () => start(new Map([...tags].slice(1)))],
  ])('says so in one line where %s, and writes nothing', async (_, registry) => {
    const { status, stderr, texts } = await pin(await registry());
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^pin-images: no digest of \S+:\S+ from http:\S+: [^\n]+; nothing was written\n$/,
    );
    expect(texts).toEqual(FILES.map(read));
  });
});
