import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ImportSender, LinesRefused } from '../../src/cli/import-sender.js';

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

const RECEIPT = { accepted: 2, duplicates: 0, position: 'p' };
const LINES = [7, 9].map((line) => ({ line, json: '{}' }));

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Sends two lines to a server that answers so, one after the other. */
async function sendTo(...replies: Reply[]): Promise<unknown> {
  server = createServer((request, response) => {
    const { status = 500, headers = {}, body } = replies.shift() ?? {};
    request.resume().on('end', () => response.writeHead(status, headers).end(JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { signal } = new AbortController();
  return new ImportSender({ url, key: undefined, unknownHint: 'who are you?', signal }).send(LINES);
}

describe('a batch that is sent', () => {
  it('too fast is sent again when the server says, not before', async () => {
    const from = performance.now();
    const body = { code: 'RATE_LIMITED', message: 'too fast' };
    const receipt = await sendTo(
      { status: 429, headers: { 'retry-after': '1' }, body },
      { status: 202, body: RECEIPT },
    );
    expect(receipt).toEqual(RECEIPT);
    expect(performance.now() - from).toBeGreaterThan(990);
  });

  it('to a server that is elsewhere is not sent on, but told where that is', async () => {
    const location = 'https://stats.example.org/playhead/events';
    const moved = sendTo({ status: 301, headers: { location }, body: {} });
    await expect(moved).rejects.toThrow(
      /sends to https:\/\/stats\.example\.org\/playhead: name that with --url$/,
    );
  });

  it('by who is not known says what to do about the key', async () => {
    const body = { code: 'UNAUTHENTICATED', message: 'send a key' };
    const unknown = sendTo({ status: 401, body });
    await expect(unknown).rejects.toThrow('who are you? (UNAUTHENTICATED)');
  });

  it('and stored but for some lines names those, and why', async () => {
    const refused = sendTo({
      status: 400,
      body: {
        code: 'BAD_USER_INPUT',
        message: 'a session takes 10000 events at most',
        extensions: { ...RECEIPT, failed: [1] },
      },
    });
    const error = await refused.catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LinesRefused);
    expect((error as LinesRefused).bad).toEqual([
      { line: 9, code: 'BAD_USER_INPUT', message: 'a session takes 10000 events at most' },
    ]);
  });
});
