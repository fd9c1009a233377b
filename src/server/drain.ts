import type { Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { Connections } from '../api/http/connections.js';

/** How long new connections are taken in after the end has been announced. */
const LISTEN_MS = 500;
/** How often is looked for connections that have gone. */
const LOOK_MS = 50;
/** How long nobody may have asked anything before unused connections are ended. */
const QUIET_MS = 1_000;
/** Turns of the event loop before the port is closed, each of which takes one connection in. */
const TURNS_MAX = 10_000;

/**
 * Lets a server end so that every request is answered, or nothing of it was done. For a moment the
 * port stays open, so that whoever watches the server's health sees that it ends. Then it is
 * closed, and only from then on answers end their connections: nobody connects anew while that can
 * still go wrong. Clients may use what they keep open until all are quiet, or half of the time that
 * the end may take is over; who by then has not sent a request in full, or not taken an answer, is
 * not waited for any longer.
 */
export function drainable(
  server: Server,
  connections: Connections,
  graceMs: number,
): () => Promise<void> {
  const sockets = watchSockets(server);
  return async () => {
    const deadline = performance.now() + graceMs / 2;
    await untilUnused(sockets);
    await closePort(server, sockets);
    connections.endWithAnswers();
    while (sockets.open.size > 0) {
      await pause(LOOK_MS);
      const now = performance.now();
      // What has come until now has been read when the turn ends.
      await turn();
      const isHalfOver = now >= deadline;
      const isQuiet = isHalfOver || now >= sockets.usedAt + QUIET_MS;
      for (const socket of isQuiet ? sockets.open : []) {
        const isDone = !connections.isBusy(socket);
        if (isDone || (isHalfOver && connections.isStalled(socket))) socket.destroy();
      }
    }
  };
}

interface Sockets {
  /** How many there have been. */
  count: number;
  /** When the last of them was made, asked something or was answered. */
  usedAt: number;
  readonly open: Set<Socket>;
}

function watchSockets(server: Server): Sockets {
  const sockets: Sockets = { count: 0, usedAt: performance.now(), open: new Set() };
  const use = (): void => {
    sockets.usedAt = performance.now();
  };
  server.on('connection', (socket: Socket) => {
    sockets.count += 1;
    use();
    sockets.open.add(socket);
    socket.once('close', () => sockets.open.delete(socket));
  });
  server.on('request', (_request, response) => {
    use();
    response.once('close', use);
  });
  return sockets;
}

/** Resolves after a while, or as soon as nobody is connected. */
async function untilUnused({ open }: Sockets): Promise<void> {
  for (let waitedMs = 0; waitedMs < LISTEN_MS; waitedMs += LOOK_MS) {
    await pause(LOOK_MS);
    if (open.size === 0) return;
  }
}

/** Closes the port when nobody waits there: a connection not yet taken in would be broken. */
async function closePort(server: Server, sockets: Sockets): Promise<void> {
  let before: number;
  let turns = 0;
  do {
    before = sockets.count;
    await turn();
    turns += 1;
  } while (sockets.count > before && turns < TURNS_MAX);
  // That of HTTP would also break the connections that clients keep for their next request.
  TcpServer.prototype.close.call(server);
}
