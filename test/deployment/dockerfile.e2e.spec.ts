import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { read } from '../docs/markdown.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const text = read('Dockerfile').replaceAll('\\\n', ' ');
const instructions = text
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.replace(/^\S+\s+/, '') }));
const all = (name: string): readonly string[] =>
  instructions.filter((one) => one.name === name).map(({ rest }) => rest);

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

describe('the Dockerfile', () => {
  it('pins its base to a full version of the release of Node.js that is kept up longest', () => {
    const bases = all('FROM').map((rest) => rest.split(' ')[0] ?? '');
    expect(bases).toHaveLength(2);
    const tag = /^node:24\.\d+\.\d+-bookworm-slim(@sha256:[0-9a-f]{64})?$/;
    for (const base of bases) expect(base).toMatch(tag);
    expect(new Set(bases).size).toBe(1);
  });

  it('copies what is there and what .dockerignore lets through, and all of that', () => {
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    for (const source of sources) expect(existsSync(source)).toBe(true);
    const ignore = read('.dockerignore').split('\n');
    const allowed = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignore).toContain('*');
    expect([...new Set(sources)].sort()).toEqual([...allowed].sort());
  });

  it('needs no script of a package, ours included', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: object };
    const lifecycle = ['prepare', 'install', 'preinstall', 'postinstall', 'prebuild'];
    expect(Object.keys(scripts).filter((name) => lifecycle.includes(name))).toEqual([]);
    for (const rest of all('RUN').filter((one) => one.includes('npm ci'))) {
      expect(rest).toContain('--ignore-scripts');
    }
  });

  it('runs the server itself, as nobody in particular, with its data in a volume', () => {
    expect(all('CMD')).toEqual(['["node", "dist/src/main.js"]']);
    expect(all('USER')).toEqual(['node']);
    expect(all('VOLUME')).toEqual(['/data']);
    expect(all('ENV').join(' ')).toContain('DATA_DIR=/data');
    expect(all('RUN').at(-2)).toContain('--omit=dev');
  });
});

/** The status of a health check, with the port of a server. */
async function check(test: readonly string[], port: string): Promise<number | null> {
  const [file = '', ...words] = test;
  expect(file).toBe('node');
  const child = spawn(process.execPath, words, { env: { PORT: port }, stdio: 'ignore' });
  await once(child, 'close');
  return child.exitCode;
}

describe('the health checks', () => {
  const ofImage = JSON.parse(
    /CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]',
  ) as string[];
  const compose = parse(read('docker-compose.yml'), { merge: true }) as {
    readonly services: { readonly playhead: { readonly healthcheck: { readonly test: string[] } } };
  };
  const ofCompose = compose.services.playhead.healthcheck.test.slice(1);

  it('say that a server is well, and that one is not there', async () => {
    const server = await startServer(folder);
    const { port } = new URL(server.url);
    // Compose publishes the port that the container listens on, which is the default.
    const atPort = ofCompose.map((word) => word.replace(':3000/', `:${port}/`));
    expect(atPort).not.toEqual(ofCompose);
    expect(await check(ofImage, port)).toBe(0);
    expect(await check(atPort, port)).toBe(0);
    expect(await server.stop()).toBe(0);
    expect(await check(ofImage, port)).toBe(1);
    expect(await check(atPort, port)).toBe(1);
  });
});
