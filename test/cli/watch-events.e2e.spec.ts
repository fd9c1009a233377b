import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { until } from '../support/polling.js';
import { MAIN } from './command-line.js';

const EVENT = {
  ...{ position: 'p1', mediaId: 'm', sessionId: null, viewer: null, state: 'PLAYING' },
  entry: {
    ...{ at: '2026-01-01T12:00:00.000Z', type: 'SESSION_START', quality: 'HIGH' },
    ...{ duration: null, bytes: null, detail: null },
  },
};
const toldOf = (events: readonly object[], position: string): string =>
  `event: next\ndata: ${JSON.stringify({ data: { events }, extensions: { position } })}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';

test('a title that has gone quiet is followed on from where the log was looked at', async () => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { query, variables } = JSON.parse(body) as {
        readonly query: string;
        readonly variables: { readonly after?: string };
      };
      if (!query.startsWith('subscription')) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data: { media: { title: 'One' } } }));
        return;
      }
      asked.push(variables.after);
      response.setHeader('content-type', 'text/event-stream');
      response.end(`${toldOf([EVENT], 'p1')}${toldOf([], 'p2')}${COMPLETE}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { PATH: process.env.PATH ?? '', PLAYHEAD_URL: `http://127.0.0.1:${String(port)}` };
  const child = spawn(process.execPath, [MAIN, 'watch', 'm'], { env });
  const closed = once(child, 'close');
  await until(() => asked.length > 1);
  child.kill('SIGINT');
  await closed;
  server.close();
  expect(asked.slice(0, 2)).toEqual([null, 'p2']);
});
