import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** What ends every answer of these tests. */
const LIVE = '{"status":"ok"}';
/** So long after the last use of any connection those that are not used are ended. */
const QUIET_MS = 1_000;
const ASK_LIVE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A client's connection, with what was answered on it and not yet taken. */
class Connection {
  private text = '';

  private constructor(
    readonly socket: Socket,
    private readonly ended: Promise<unknown>,
  ) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    socket.on('error', () => undefined);
  }

  static async to({ url }: TestServer): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await once(socket, 'connect');
    return new Connection(socket, ended);
  }

  /** Sends requests together; the answers, up to the one that tells that the server is live. */
  async ask(requests: string): Promise<readonly string[]> {
    this.socket.write(requests);
    await until(() => this.text.endsWith(LIVE) || this.socket.closed);
    const answers = this.text.split(/(?=HTTP\/1\.1 )/);
    this.text = '';
    return answers;
  }

  /** Resolves when the server has ended it. */
  async untilEnded(): Promise<void> {
    await this.ended;
  }
}

const isLast = (answer = ''): boolean => /^connection: close\r$/im.test(answer);

const isListening = ({ url }: TestServer): Promise<boolean> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
};

describe('an orderly end', () => {
  let folder: string;
  let server: TestServer;
  beforeEach(async () => {
    folder = temporaryFolder();
    server = await startServer(folder);
  });
  afterEach(async () => {
    await endLeftovers();
    removeFolder(folder);
  });

  test('answers all requests that come together, and says with the last that nobody listens', async () => {
    const body = JSON.stringify([{ mediaId: 'm', eventType: 'SESSION_START' }]);
    // The first takes longer than the second.
    const record =
      'POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${String(body.length)}\r\n\r\n${body}`;
    const client = await Connection.to(server);
    await client.ask(record + ASK_LIVE);
    const ended = server.stop();
    let pairs = 1;
    for (let isOver = false; !isOver; pairs += 1) {
      const answers = await client.ask(record + ASK_LIVE);
      expect(answers.map((answer) => answer.slice(0, 12))).toEqual([
        'HTTP/1.1 202',
        'HTTP/1.1 200',
      ]);
      expect(isLast(answers[0])).toBe(false);
      isOver = isLast(answers[1]);
    }
    expect(await isListening(server)).toBe(false);
    await client.untilEnded();
    expect(await ended).toBe(0);
    const again = await startServer(folder);
    expect((await new ApiClient(again.url).analytics('m')).totalViews).toBe(pairs);
    expect(await again.stop()).toBe(0);
  });

  test('does not wait for who sends half a request, or takes no answers', async () => {
    const half = await Connection.to(server);
    half.socket.write(
      'POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
        'Content-Length: 100\r\n\r\n[',
    );
    const deaf = await Connection.to(server);
    deaf.socket.pause();
    deaf.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20_000));
    await (await Connection.to(server)).ask(ASK_LIVE);
    expect(await server.stop()).toBe(0);
    deaf.socket.destroy();
  });

  test.each([
    ['was kept for a next request', true],
    ['was made before and not used yet', false],
  ])('answers on a connection that %s, though nobody listens any more', async (_, isUsed) => {
    for (let isTooLate = true; isTooLate;) {
      const client = await Connection.to(server);
      if (isUsed) await client.ask(ASK_LIVE);
      const ended = server.stop();
      let usedAt: number;
      do {
        usedAt = performance.now();
      } while (await isListening(server));
      isTooLate = performance.now() >= usedAt + QUIET_MS;
      const [answer] = await client.ask(ASK_LIVE);
      // Where this process was held up, nobody asked for so long that the server may end.
      if (!isTooLate) {
        expect(answer).toMatch(/^HTTP\/1\.1 200 /);
        expect(isLast(answer)).toBe(true);
      }
      await client.untilEnded();
      expect(await ended).toBe(0);
      if (isTooLate) server = await startServer(folder);
    }
  });
});
