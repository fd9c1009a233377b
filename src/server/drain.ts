import type { Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { Connections } from '../api/http/connections.js';
import type { OpenSubscriptions } from '../api/subscriptions/open-subscriptions.js';

/**
 * Ends a server so that every request is answered, or nothing of it was done. For a moment the port
 * stays open, so that health checks see that the server ends. Then the port is closed, and only
 * from then on answers end their connections: before, a client would connect anew to a port about
 * to close. So subscriptions are completed then too. Clients may use their open connections until
 * all are quiet, or half of the time for the end is over. After that the server no longer waits for
 * clients that have not sent a request in full, or not taken an answer.
 */
export function drainable(
  server: Server,
  connections: Connections,
  subscriptions: Pick<OpenSubscriptions, 'endAll'>,
  graceMs: number,
): () => Promise<void> {
  const sockets = watchSockets(server);
  return async () => {
    const deadline = performance.now() + graceMs / 2;
    await untilUnused(sockets);
    await closePort(server, sockets);
    connections.endWithAnswers();
    await subscriptions.endAll();
    while (sockets.open.size > 0) {
      await pause(LOOK_MS);
      const now = performance.now();
      // Requests that have come until now have been read when the turn ends.
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

/** The time in milliseconds between two looks for connections that have gone. */
const LOOK_MS = 50;
/** The time without a request or an answer after which unused connections are ended. */
const QUIET_MS = 1_000;

interface Sockets {
  /** The number of connections since the start. */
  count: number;
  /** The time when a connection was last made, asked something or was answered. */
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
    // One is told of again when it has asked for another protocol.
    if (sockets.open.has(socket)) return;
    sockets.open.add(socket);
    socket.once('close', () => sockets.open.delete(socket));
  });
  server.on('request', (_request, response) => {
    use();
    response.once('close', use);
  });
  return sockets;
}

/** The longest time that new connections are taken in after the end was announced. */
const LISTEN_MS = 500;

/** Resolves after a while, or as soon as no connection is open. */
async function untilUnused({ open }: Sockets): Promise<void> {
  for (let waitedMs = 0; waitedMs < LISTEN_MS; waitedMs += LOOK_MS) {
    await pause(LOOK_MS);
    if (open.size === 0) return;
  }
}

/** The most turns of the event loop before the port is closed; each takes in one connection. */
const TURNS_MAX = 10_000;

/** Closes the port when no connection waits there: closing would break a waiting connection. */
async function closePort(server: Server, sockets: Sockets): Promise<void> {
  let before: number;
  let turns = 0;
  do {
    before = sockets.count;
    await turn();
    turns += 1;
  } while (sockets.count > before && turns < TURNS_MAX);
  // The close of the HTTP server would also break the connections that clients keep for later.
  TcpServer.prototype.close.call(server);
}
