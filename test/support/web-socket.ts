import { WebSocket, type ClientOptions } from 'ws';

/** What a server says over a WebSocket. */
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A client that says and hears what it likes. */
export interface SocketClient {
  readonly socket: WebSocket;
  say(message: object | string): void;
  /** Resolves to the next message; undefined when the server has closed the connection. */
  next(): Promise<Message | undefined>;
  /** Resolves to the code with which the connection was closed. */
  readonly closed: Promise<number>;
}

/** Why a server made no WebSocket. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

const PROTOCOL = 'graphql-transport-ws';

/** Connects to the GraphQL of a server, or learns why it may not. */
export function connectSocket(
  url: string,
  { protocol = PROTOCOL, path = '/graphql', ...options }: ConnectOptions = {},
): Promise<SocketClient | Refusal> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol, options);
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(clientOf(socket));
    });
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (part) => (text += String(part)));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    socket.once('error', reject);
  });
}

interface ConnectOptions extends ClientOptions {
  readonly protocol?: string;
  readonly path?: string;
}

/** Connects as one who is let in; fails if the server refuses. */
export async function openSocket(url: string, options?: ConnectOptions): Promise<SocketClient> {
  const client = await connectSocket(url, options);
  if ('status' in client) throw new Error(`${String(client.status)}: ${client.text}`);
  return client;
}

function clientOf(socket: WebSocket): SocketClient {
  const heard: Message[] = [];
  let wake: () => void = () => undefined;
  let isOver = false;
  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()) as Message);
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      isOver = true;
      wake();
      resolve(code);
    });
  });
  return {
    socket,
    closed,
    say: (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    next: async () => {
      while (heard.length === 0 && !isOver) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return heard.shift();
    },
  };
}
