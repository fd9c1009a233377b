import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Connections } from '../api/http/connections.js';

/** How long new connections are taken in after the end has been announced. */
const LISTEN_MS = 500;
/** How long nobody may have connected before the port is closed, and how long that is awaited. */
const QUIET_MS = 50;
const QUIET_AWAITED_MS_MAX = 2_000;
/** How often is looked for connections that have gone. */
const LOOK_MS = 50;
/** How long a connection on which nothing came may still ask something. */
const SILENT_MS = 300;
/** How long one on which the beginning of a request came may still bring the rest of its head. */
const HEAD_MS = 2_000;

/**
 * Lets a server end without breaking a connection that somebody uses. From when the result is
 * called on, every answer ends its connection. For a moment more the port stays open, so that
 * whoever watches the server's health sees that it ends. Then answers are held back until the port
 * is closed: as clients wait for them they do not connect anew, and nobody is caught half-way in.
 */
export function drainable(fastify: FastifyInstance, connections: Connections): () => Promise<void> {
  const sockets = watchSockets(fastify.server);
  let held: Promise<void> | undefined;
  fastify.addHook('onSend', (_request, _reply, payload, done) => {
    if (held === undefined) done(null, payload);
    else {
      void held.then(() => {
        done(null, payload);
      });
    }
  });
  return async () => {
    connections.endWithAnswers();
    await untilUnused(sockets);
    held = closePort(fastify.server, sockets);
    await held;
    held = undefined;
    await untilGone(sockets, connections);
  };
}

interface Sockets {
  /** How many there have been. */
  readonly count: number;
  readonly open: ReadonlySet<Socket>;
}

function watchSockets(server: Server): Sockets {
  const open = new Set<Socket>();
  const sockets = { count: 0, open };
  server.on('connection', (socket: Socket) => {
    sockets.count += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
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

/** Closes the port once nobody connects: a connection that waits to be taken in would be broken. */
async function closePort(server: Server, sockets: Sockets): Promise<void> {
  const since = Date.now();
  let before: number;
  do {
    before = sockets.count;
    await pause(QUIET_MS);
    // Whatever has come by now has been read when the turn ends.
    await turn();
  } while (sockets.count > before && Date.now() - since < QUIET_AWAITED_MS_MAX);
  server.close();
}

/** Ends the connections on which nothing comes, and waits for the others. */
async function untilGone({ open }: Sockets, connections: Connections): Promise<void> {
  const since = Date.now();
  while (open.size > 0) {
    await pause(LOOK_MS);
    await turn();
    const waitedMs = Date.now() - since;
    for (const socket of open) {
      const patienceMs = socket.bytesRead === 0 ? SILENT_MS : HEAD_MS;
      if (!connections.isBusy(socket) && waitedMs > patienceMs) socket.destroy();
    }
  }
}
