import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { ImportSender, type BatchOutcome } from '../../src/cli/import-sender.js';

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

const RECEIPT = { accepted: 2, duplicates: 0, conflicting: 0, position: 'p' };
const LINES = [7, 8, 9].map((line) => ({ line, json: `{"at":${String(line)}}` }));
const STORED = { ...RECEIPT, refused: new Map() };

let server: Server | undefined;
/** The bodies that were sent. */
let sent: string[] = [];
afterEach(() => {
  server?.close();
  sent = [];
});

/** Sends three lines to a server that answers so, one after the other. */
const sendTo = (...replies: Reply[]): Promise<BatchOutcome> => sendHow(false, replies);
const sendStrictlyTo = (...replies: Reply[]): Promise<BatchOutcome> => sendHow(true, replies);

async function sendHow(isStrict: boolean, replies: Reply[]): Promise<BatchOutcome> {
  server = createServer((request, response) => {
    const { status = 500, headers = {}, body } = replies.shift() ?? {};
    void textOf(request).then((text) => {
      sent.push(text.replaceAll('\n', ' '));
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { signal } = new AbortController();
  const options = { url, key: undefined, unknownHint: 'who are you?', isStrict, signal };
  return new ImportSender(options).send(LINES);
}

const badInput = (message: string) => ({ code: 'BAD_USER_INPUT', message });
const refusal = (...indexes: readonly number[]): Reply => ({
  status: 400,
  body: {
    ...badInput('event 1: no'),
    errors: indexes.map((index, at) => ({ index, ...badInput(`no ${String(at)}`) })),
  },
});

describe('a batch that is sent', () => {
  it('too fast is sent again when the server says, not before', async () => {
    const from = performance.now();
    const body = { code: 'RATE_LIMITED', message: 'too fast' };
    const receipt = await sendTo(
      { status: 429, headers: { 'retry-after': '1' }, body },
      { status: 202, body: RECEIPT },
    );
    expect(receipt).toEqual(STORED);
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

  it('and refused for some lines is sent again without them', async () => {
    const outcome = await sendTo(refusal(1, 1), refusal(0), { status: 202, body: RECEIPT });
    expect(sent).toEqual(['{"at":7} {"at":8} {"at":9}', '{"at":7} {"at":9}', '{"at":9}']);
    expect(outcome).toEqual({
      ...RECEIPT,
      refused: new Map([
        [8, badInput('no 0')],
        [7, badInput('no 0')],
      ]),
    });
  });

  it('and refused for all lines is not sent again', async () => {
    const { refused, ...rest } = await sendTo(refusal(2, 1, 0));
    expect([...refused.keys()]).toEqual([9, 8, 7]);
    expect(rest).toEqual({ accepted: 0, duplicates: 0, conflicting: 0, position: undefined });
    expect(sent).toHaveLength(1);
  });

  it('strictly is sent up to the first line that is refused', async () => {
    const outcome = await sendStrictlyTo(refusal(1), { status: 202, body: RECEIPT });
    expect(sent.slice(1)).toEqual(['{"at":7}']);
    expect([...outcome.refused.keys()]).toEqual([8]);
  });

  it('and refused for lines that it does not hold is a failure', async () => {
    await expect(sendTo(refusal(3))).rejects.toThrow('answers 400: BAD_USER_INPUT, event 1: no');
    expect(sent).toHaveLength(1);
  });

  it('to a server that needs eventIds is not taken for bad lines', async () => {
    const { code, message } = badInput('event: has an unknown member "lineId"');
    const body = { code, message: `event 0: ${message}`, errors: [{ index: 0, code, message }] };
    await expect(sendTo({ status: 400, body })).rejects.toThrow('is of an older release than');
  });

  it('and stored but for some lines names those, and why', async () => {
    const full = badInput('a session takes 10000 events at most');
    const outcome = await sendTo({
      status: 400,
      body: { ...full, extensions: { ...RECEIPT, failed: [2] } },
    });
    expect(outcome).toEqual({ ...RECEIPT, refused: new Map([[9, full]]) });
    expect(sent).toHaveLength(1);
  });

  it('and stored but for lines with reasons of their own names each', async () => {
    const [full, told] = [badInput('the session is full'), badInput('the player has told them')];
    const failures = [
      { ...full, failed: [0] },
      { ...told, failed: [1, 2] },
    ];
    const outcome = await sendTo({
      status: 400,
      body: { ...full, extensions: { ...RECEIPT, failed: [0, 1, 2], failures } },
    });
    const refused = [[7, full] as const, [8, told] as const, [9, told] as const];
    expect(outcome).toEqual({ ...RECEIPT, refused: new Map(refused) });
  });
});
