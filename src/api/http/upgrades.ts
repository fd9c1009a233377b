import { ServerResponse, type IncomingMessage, type Server } from 'node:http';

/**
 * Hands requests for a WebSocket to the routes like any other. Node takes every request for another
 * protocol off its connection as soon as a listener wants one kind of them. So this class puts all
 * other kinds back, as plain requests without the upgrade headers.
 */
export class Upgrades {
  /** The bytes that came behind requests for a WebSocket. */
  private readonly heads = new WeakMap<IncomingMessage, Buffer>();

  /**
   * Looks after the requests of a server. Each waits for the answers to the requests before it on
   * its connection, which `answered` tells of.
   */
  watch(server: Server, answered: (socket: Socket) => Promise<void>): void {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Node has taken its own listener off.
      socket.on('error', breakOff);
      void answered(socket).then(() => {
        if (!socket.writable) return;
        if (isForWebSocket(request)) {
          this.heads.set(request, head);
          server.emit('request', request, lastResponse(request, socket));
        } else {
          socket.off('error', breakOff);
          socket.unshift(Buffer.concat([headOf(request), head]));
          server.emit('connection', socket);
        }
      });
    });
  }

  /** Returns the bytes that came behind a request for a WebSocket; undefined for any other. */
  headOf(request: IncomingMessage): Buffer | undefined {
    return this.heads.get(request);
  }
}

function breakOff(this: Socket): void {
  this.destroy();
}

type Socket = IncomingMessage['socket'];

const isForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Makes a response after which the connection ends, unless somebody takes the connection over. */
function lastResponse(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    letGo(response, socket);
    socket.destroySoon();
  });
  socket.once('close', () => {
    if (response.socket === socket) letGo(response, socket);
  });
  return response;
}

/** Takes a connection from a response, which is over by that. */
export function letGo(response: ServerResponse, socket: Socket): void {
  response.detachSocket(socket);
  response.emit('close');
}

/** The headers that ask for another protocol on the same connection. */
const ASKING = ['upgrade', 'http2-settings', 'connection'];

/** Writes the head of a request as it came, without the headers that ask for another protocol. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method ?? ''} ${url ?? ''} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    if (!ASKING.includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
