import { ApiClient } from '../support/api-client.js';
import { withServer } from '../support/e2e.js';
import { send } from '../support/http.js';
import { until } from '../support/polling.js';
import { headOf, RawConnection, type RawAnswer } from '../support/raw-http.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const KEYS = { ingest: 'ingest-key-0000001', read: 'read-key-000000001' };
const open = withServer();
const keyed = withServer({
  INGEST_KEY: KEYS.ingest,
  READ_KEY: KEYS.read,
  RATE_LIMIT_EVENTS_PER_SECOND: '1',
});
const cmcdGone = withServer({ CMCD: 'gone' });
const cmcdDiscarding = withServer({ INGEST_KEY: KEYS.ingest, CMCD_UNKNOWN_KEY: 'discard' });
afterAll(endLeftovers);

const JSON_TYPE = 'content-type: application/json';
const CMCD_TYPE = 'content-type: application/cmcd';
const CSV_TYPE = 'content-type: text/csv';
const NEXT = headOf('GET /health/live');
const KIBIBYTES_64 = ' '.repeat(65_536);
const CHUNK_64 = `10000\r\n${KIBIBYTES_64}\r\n`;
/** More than a body may have, in pieces of 64 KiB. */
const PIECES = 40;
/** Less than a request may take to come in full. */
const MUTE_MS = 20_000;

/** What is sent of a body before its answer, and what behind it. */
interface Sending {
  readonly headers: readonly string[];
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

const sendings: Readonly<Record<string, Sending>> = {
  'half of a body of known length': {
    headers: ['content-length: 4'],
    before: ['[{'],
    behind: ['}]'],
  },
  'half of a body that is asked for first': {
    headers: ['content-length: 4', 'expect: 100-continue'],
    before: ['[{'],
    behind: ['}]'],
  },
  'half of a body in chunks': {
    headers: ['transfer-encoding: chunked'],
    before: ['2\r\n[{\r\n'],
    behind: ['2\r\n}]\r\n0\r\n\r\n'],
  },
  'a body of known length that is too large': {
    headers: [`content-length: ${String(PIECES * KIBIBYTES_64.length)}`],
    before: Array<string>(PIECES).fill(KIBIBYTES_64),
    behind: [],
  },
  'a body in chunks that is too large': {
    headers: ['transfer-encoding: chunked'],
    before: [...Array<string>(PIECES).fill(CHUNK_64), '0\r\n\r\n'],
    behind: [],
  },
  'half of a packed body in chunks that is too large': {
    headers: ['transfer-encoding: chunked', 'content-encoding: gzip'],
    before: Array<string>(PIECES).fill(CHUNK_64),
    behind: ['0\r\n\r\n'],
  },
};

/** Requests that are answered before their body has come, whatever it is. */
const early: readonly (readonly [number, string, readonly string[], typeof open])[] = [
  [401, 'POST /events', [JSON_TYPE], keyed],
  [401, 'POST /graphql', [JSON_TYPE], keyed],
  [401, 'GET /metrics', [], keyed],
  [403, 'POST /events', [JSON_TYPE, `authorization: Bearer ${KEYS.read}`], keyed],
  [403, 'POST /events', [JSON_TYPE, 'via: 1.1 proxy'], open],
  [403, 'POST /graphql', [JSON_TYPE, 'x-forwarded-for: 192.0.2.1'], open],
  [400, 'POST /events', [JSON_TYPE, 'Host: localhost'], open],
  [400, 'POST /events', [JSON_TYPE, 'import: future'], open],
  [400, 'POST /%ff', [JSON_TYPE], open],
  [404, 'POST /nothing', [JSON_TYPE], open],
  [404, 'POST /nothing', [CSV_TYPE], open],
  [405, 'POST /health/live', [JSON_TYPE], open],
  [405, 'PUT /events', [JSON_TYPE], open],
  [405, 'DELETE /graphql', [CSV_TYPE], open],
  [415, 'POST /events', [CSV_TYPE], open],
  [415, 'POST /graphql', [CSV_TYPE], open],
  [401, 'POST /cmcd', [CMCD_TYPE], keyed],
  [403, 'POST /cmcd', [CMCD_TYPE, `authorization: Bearer ${KEYS.read}`], keyed],
  [410, 'POST /cmcd', [CMCD_TYPE], cmcdGone],
  [204, 'POST /cmcd', [CMCD_TYPE], cmcdDiscarding],
  [415, 'POST /cmcd', [CSV_TYPE], open],
  [405, 'GET /cmcd', [], open],
  [401, 'GET /export/sessions.csv', [], keyed],
  [400, 'GET /export/sessions.csv', [], open],
  [405, 'POST /export/sessions.csv', [JSON_TYPE], open],
  [405, 'POST /playhead.js', [JSON_TYPE], open],
  [405, 'POST /', [JSON_TYPE], open],
  [200, 'GET /playhead.js', [], open],
  [200, 'GET /', [JSON_TYPE], open],
  [200, 'GET /metrics', [JSON_TYPE], open],
  [200, 'GET /health/ready', [], open],
];

/** The answer to what was sent, past an invitation to send the body. */
async function finalAnswer(connection: RawConnection): Promise<RawAnswer> {
  const answer = await connection.answer();
  return answer.status === 100 ? connection.answer() : answer;
}

/** After an answer a connection takes the next request, or has ended. */
async function expectNotMute(
  connection: RawConnection,
  { headers }: RawAnswer,
  behind: readonly string[],
): Promise<void> {
  if (headers.connection === 'close') {
    expect(await connection.end()).toBe('');
  } else {
    connection.send(...behind, NEXT);
    expect((await connection.answer()).status).toBe(200);
  }
  connection.destroy();
}

/** Sends a request whose body is not wanted; its status, once the connection goes on or ends. */
async function statusOf(
  url: string,
  line: string,
  headers: readonly string[],
  { before, behind, ...sending }: Sending,
): Promise<number> {
  const connection = await RawConnection.to(url);
  const from = performance.now();
  connection.send(headOf(line, ...headers, ...sending.headers), ...before);
  const answer = await finalAnswer(connection);
  await expectNotMute(connection, answer, behind);
  expect(performance.now() - from).toBeLessThan(MUTE_MS);
  return answer.status;
}

describe.each(early)(
  '%i to %s with %j leaves no connection mute',
  (status, line, headers, under) => {
    test.each(Object.entries(sendings))('after %s', async (_, sending) => {
      expect(await statusOf(under.server.url, line, headers, sending)).toBe(status);
    });
  },
);

describe('a body that is refused half-way leaves no connection mute', () => {
  const tooLarge = Object.entries(sendings).filter(([name]) => name.endsWith('too large'));
  test.each(tooLarge)('%s, as events', async (_, sending) => {
    const url = open.server.url;
    expect(await statusOf(url, 'POST /events', [JSON_TYPE], sending)).toBe(413);
  });

  test.each(tooLarge)('%s, as GraphQL', async (_, sending) => {
    const status = await statusOf(open.server.url, 'POST /graphql', [JSON_TYPE], sending);
    expect(status).toBe(sending.headers.includes('content-encoding: gzip') ? 415 : 413);
  });

  test.each(['POST /events', 'POST /graphql', 'POST /nothing', 'GET /metrics'])(
    'one to %s that is not well formed',
    async (line) => {
      const connection = await RawConnection.to(open.server.url);
      connection.send(headOf(line, JSON_TYPE, 'transfer-encoding: chunked'), 'nonsense\r\n');
      const { status, headers } = await connection.answer();
      expect([status, headers.connection]).toEqual([expect.any(Number), 'close']);
      expect(await connection.end()).toBe('');
      connection.destroy();
    },
  );

  test('one that comes too fast', async () => {
    const key = { authorization: `Bearer ${KEYS.ingest}`, 'content-type': 'application/json' };
    const many = JSON.stringify(Array(99).fill({ mediaId: 'm', eventType: 'HEARTBEAT' }));
    await send(`${keyed.server.url}/events`, { method: 'POST', headers: key, body: many });
    const headers = [JSON_TYPE, `authorization: ${key.authorization}`];
    for (const sending of Object.values(sendings)) {
      expect(await statusOf(keyed.server.url, 'POST /events', headers, sending)).toBe(429);
    }
  });
});

test('who does not send the rest of a body that nobody wants loses the connection', async () => {
  const connection = await RawConnection.to(open.server.url);
  connection.send(headOf('POST /events', CSV_TYPE, 'content-length: 4'), '[{');
  expect((await connection.answer()).status).toBe(415);
  expect(await connection.end()).toBe('');
  connection.destroy();
});

describe('answers keep the order of their requests', () => {
  const event = JSON.stringify({ mediaId: 'pipelined', eventType: 'SESSION_START' });
  const recording = headOf('POST /events', JSON_TYPE, `content-length: ${String(event.length)}`);
  const events = `${recording}${event}`;

  const last: readonly (readonly [string, string, number])[] = [
    ['what is not HTTP', 'NONSENSE\r\n\r\n', 400],
    ['headers that are too large', headOf('GET /', `x: ${'y'.repeat(20_000)}`), 431],
    ['a request for a proxy', headOf('CONNECT example.org:443'), 400],
    [
      'a body that is not well formed',
      `${recording.replace(/content-length: \d+/, 'transfer-encoding: chunked')}nonsense\r\n`,
      400,
    ],
  ];
  test.each(last)('when the last is %s', async (_, bytes, status) => {
    const connection = await RawConnection.to(open.server.url);
    connection.send(`${events}${events}${bytes}`);
    for (const expected of [202, 202, status]) {
      expect((await connection.answer()).status).toBe(expected);
    }
    expect(await connection.end()).toBe('');
    connection.destroy();
  });

  const upgrade = (path: string, protocol: string): string =>
    headOf(`GET ${path}`, 'Connection: Upgrade', `Upgrade: ${protocol}`);

  test.each(['/', '/graphql', '/health/live', '/nothing'])(
    'when one behind others asks %s for a WebSocket, which ends the connection',
    async (path) => {
      const connection = await RawConnection.to(open.server.url);
      connection.send(`${NEXT}${events}${upgrade(path, 'websocket')}${NEXT}`);
      expect((await connection.answer()).status).toBe(200);
      expect((await connection.answer()).status).toBe(202);
      expect((await connection.answer()).headers.connection).toBe('close');
      expect(await connection.end()).toBe('');
      expect((await send(`${open.server.url}/health/live`)).status).toBe(200);
      connection.destroy();
    },
  );

  test('when some behind others ask for another protocol, which they do not get', async () => {
    const connection = await RawConnection.to(open.server.url);
    connection.send(
      `${NEXT}${upgrade('/nothing', 'h2c')}${upgrade('/health/live', 'h2c')}${events}`,
    );
    for (const status of [200, 404, 200, 202]) {
      expect((await connection.answer()).status).toBe(status);
    }
    connection.destroy();
  });

  test('when more is sent behind one that ends the connection', async () => {
    const connection = await RawConnection.to(open.server.url);
    connection.send(events, headOf('GET /health/live', 'Connection: close'), events, 'NONSENSE');
    expect((await connection.answer()).status).toBe(202);
    const { status, headers } = await connection.answer();
    expect([status, headers.connection]).toEqual([200, 'close']);
    expect(await connection.end()).toBe('');
    connection.destroy();
  });

  test('when more is sent ahead than a connection may: the last of a hundred ends it', async () => {
    const connection = await RawConnection.to(open.server.url);
    connection.send(events.repeat(500));
    let answers = 0;
    for (let isLast = false; !isLast; answers += 1) {
      const { status, headers } = await connection.answer();
      expect(status).toBe(202);
      isLast = headers.connection === 'close';
    }
    expect(answers).toBeGreaterThanOrEqual(100);
    expect(await connection.end()).toBe('');
    connection.destroy();
  });

  test('when the server ends, and what is not answered is not done', async () => {
    const folder = temporaryFolder();
    const server = await startServer(folder);
    const connection = await RawConnection.to(server.url);
    connection.send(NEXT);
    expect((await connection.answer()).status).toBe(200);
    const ended = server.stop();
    await until(async () => (await send(`${server.url}/health/ready`)).status === 503);
    connection.send(`${events}${events}${events}`);
    let answers = 0;
    // As long as the port is open none of them need be the last.
    for (let isLast = false; !isLast && answers < 3; answers += 1) {
      const { status, headers } = await connection.answer();
      expect(status).toBe(202);
      isLast = headers.connection === 'close';
    }
    expect(await connection.end()).toBe('');
    expect(await ended).toBe(0);
    const again = await startServer(folder);
    const { totalViews } = await new ApiClient(again.url).analytics('pipelined');
    expect(totalViews).toBe(answers);
    await again.stop();
    removeFolder(folder);
  });
});
