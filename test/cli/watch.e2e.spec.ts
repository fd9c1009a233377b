import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureOf, run, type Ended } from './command-line.js';

/** What a node says of the rebuild of a read model. */
interface Said {
  readonly rebuildProgress: number | null;
  readonly lastRebuild: { readonly outcome: string; readonly at: string; readonly detail: string };
}

const EARLIER = { outcome: 'SWITCHED', at: '2026-01-01T00:00:00.000Z', detail: 'long ago' };
const LATER = { outcome: 'SWITCHED', at: '2026-01-02T00:00:00.000Z', detail: 'the same totals' };
const RUNNING: Said = { rebuildProgress: 0.5, lastRebuild: EARLIER };
const UNAWARE: Said = { rebuildProgress: null, lastRebuild: EARLIER };

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Serves what nodes behind a balancer say: each answers once, the last one the rest. */
async function serve(...said: [Said, ...Said[]]): Promise<string> {
  let answers = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const status = { name: 'bandwidth', ...(said[answers] ?? said.at(-1)) };
      answers += 1;
      const isOrder = body.includes('mutation');
      const data = isOrder ? { ordered: status } : { projections: [status] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${String(port)}`;
}

const watchOn = async (...said: [Said, ...Said[]]): Promise<Ended> =>
  run(['rebuild', 'bandwidth', '--watch', '--url', await serve(...said)]);

test('a server that is elsewhere is named', async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(308, { location: '/playhead/graphql' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const ended = await run(['projections', '--url', url]);
  expect(failureOf(ended)).toBe(
    `playhead: ${url} sends to ${url}/playhead: name that with --url\n`,
  );
});

test('who came too fast is told when to come again', async () => {
  server = createServer((request, response) => {
    request.resume();
    const error = { message: 'too fast', extensions: { code: 'RATE_LIMITED' } };
    response.writeHead(429, { 'retry-after': '7' }).end(JSON.stringify({ errors: [error] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const ended = await run(['report', '--url', url]);
  expect(failureOf(ended)).toBe('playhead: too fast (RATE_LIMITED); try again in 7 s\n');
});

describe('watching a rebuild on several nodes', () => {
  it('does not take the end of an earlier one for its own', async () => {
    const over = { rebuildProgress: null, lastRebuild: LATER };
    const ended = await watchOn(UNAWARE, UNAWARE, RUNNING, UNAWARE, RUNNING, over);
    expect(ended).toEqual({
      status: 0,
      stdout: 'bandwidth is rebuilt: the same totals.\n',
      stderr: '',
    });
  });

  it('ends with 1 if it comes to nothing, with the reason', async () => {
    const lastRebuild = { ...LATER, outcome: 'FAILED', detail: 'it was empty' };
    const ended = await watchOn(UNAWARE, RUNNING, { rebuildProgress: null, lastRebuild });
    expect(failureOf(ended)).toBe('playhead: bandwidth was not rebuilt: it was empty\n');
    expect(ended.status).toBe(1);
  });

  it('ends with 1 if nobody knows of it', async () => {
    const ended = await watchOn(UNAWARE);
    expect(failureOf(ended)).toContain('no node tells of the rebuild');
    expect(ended.status).toBe(1);
  });
});

test('a rollback is told of as what it is', async () => {
  const begun = await run(['rollback', 'bandwidth', '--url', await serve(RUNNING)]);
  expect(begun.stdout).toBe(
    'bandwidth comes back as it was before the last rebuild; until then it serves as it is.\n',
  );
  server?.close();
  const url = await serve(UNAWARE, RUNNING, { rebuildProgress: null, lastRebuild: LATER });
  const watched = await run(['rollback', 'bandwidth', '--watch', '--url', url]);
  expect(watched.stdout).toBe(
    'bandwidth is back as it was before the last rebuild: the same totals.\n',
  );
});
