import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Upgrades } from '../../../src/api/http/upgrades.js';
import { RawConnection } from '../../support/raw-http.js';

/** A server that answers what it was asked, and whether that was for a WebSocket. */
class Echo {
  readonly upgrades = new Upgrades();
  readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((request, response) => {
    this.sockets.add(request.socket);
    void this.textOf(request).then((text) => response.end(text));
  });

  async start(): Promise<string> {
    this.upgrades.watch(this.server, () => Promise.resolve());
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async textOf(request: IncomingMessage): Promise<string> {
    const { method = '', url = '', headers } = request;
    const head = this.upgrades.headOf(request);
    if (head !== undefined) return `WebSocket ${url} ${head.toString()}`;
    let body = '';
    for await (const part of request) body += String(part);
    return `${method} ${url} ${String(headers.upgrade)} ${body}`;
  }
}

let echo: Echo;
let connection: RawConnection;
beforeEach(async () => {
  echo = new Echo();
  connection = await RawConnection.to(await echo.start());
});
afterEach(async () => {
  connection.destroy();
  await echo.stop();
});

const UPGRADE = 'Host: h\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA\r\n';

test('who wishes for HTTP/2 is answered in HTTP/1.1, body and all', async () => {
  connection.send(`POST /p HTTP/1.1\r\n${UPGRADE}Upgrade: h2c\r\nContent-Length: 5\r\n\r\nab`);
  connection.send('cde');
  expect((await connection.answer()).body).toBe('POST /p undefined abcde');
  connection.send(
    `POST /q HTTP/1.1\r\n${UPGRADE}Upgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n`,
    '3\r\nxyz\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n',
  );
  expect((await connection.answer()).body).toBe('POST /q undefined xyz');
  expect((await connection.answer()).body).toBe('GET /next undefined ');
});

test('whoever wishes for it with every request leaves nothing behind', async () => {
  const listeners = () => {
    const [socket] = echo.sockets;
    const names = socket?.eventNames() ?? [];
    return names.map((name) => socket?.listenerCount(name) ?? 0).reduce((a, b) => a + b, 0);
  };
  const counts: number[] = [];
  for (let i = 0; i < 30; i += 1) {
    connection.send(`GET /${String(i)} HTTP/1.1\r\n${UPGRADE}Upgrade: h2c\r\n\r\n`);
    expect((await connection.answer()).body).toBe(`GET /${String(i)} undefined `);
    counts.push(listeners());
  }
  expect(counts.at(-1)).toBe(counts[1]);
});

test('only a GET may ask for a WebSocket', async () => {
  connection.send(`PUT / HTTP/1.1\r\n${UPGRADE}Upgrade: websocket\r\nContent-Length: 1\r\n\r\na`);
  expect((await connection.answer()).body).toBe('PUT / undefined a');
});

test('where none is made, the answer is the last one of its connection', async () => {
  connection.send(`GET /w HTTP/1.1\r\n${UPGRADE}Upgrade: WebSocket\r\n\r\nrest`);
  const { headers, body } = await connection.answer();
  expect([headers.connection, body]).toEqual(['close', 'WebSocket /w rest']);
  expect(await connection.end()).toBe('');
});
