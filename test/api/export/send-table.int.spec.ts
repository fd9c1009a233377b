import { fastify, type FastifyInstance } from 'fastify';
import { CSV } from '../../../src/api/export/forms.js';
import { sendTable } from '../../../src/api/export/send-table.js';
import type { Table } from '../../../src/api/export/tables.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { until } from '../../support/polling.js';

const columns = [{ name: 'n', of: (n: number) => n }];
const LINES = Array.from({ length: 10_000 }, (_, n) => n);

let app: FastifyInstance;
let given = 0;
let ended = 0;
let failAfter = Infinity;

async function* pages(): Table<number>['pages'] {
  try {
    for (; given < 1_000; given += 1) {
      if (given === failAfter) throw new PlayheadError('STORE_UNAVAILABLE', 'gone');
      yield await Promise.resolve(LINES);
    }
  } finally {
    ended += 1;
  }
}

beforeEach(async () => {
  [given, ended, failAfter] = [0, 0, Infinity];
  app = fastify();
  app.decorateRequest('isStreamed', false);
  app.get('/', (_request, reply) => sendTable({ columns, pages: pages() }, 'some', CSV, reply));
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => {
  app.server.closeAllConnections();
  return app.close();
});

const ask = (): Promise<Response> => fetch(app.listeningOrigin);

test('what fails before the first page is an answer of its own', async () => {
  failAfter = 0;
  const response = await ask();
  expect([response.status, response.headers.get('content-type')]).toEqual([
    500,
    'application/json; charset=utf-8',
  ]);
});

test('a file that breaks off does not look like a whole one', async () => {
  failAfter = 3;
  const response = await ask();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(ended).toBe(1);
});

test('no more is read than a reader takes, and nothing for one who goes', async () => {
  const response = await ask();
  const reader = response.body?.getReader();
  await reader?.read();
  // What the systems hold for a connection is some megabytes.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(given).toBeLessThan(500);
  await reader?.cancel();
  await until(() => ended === 1);
});
