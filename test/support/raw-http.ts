import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { withResolvers } from './server.js';

/** An answer as it came over a connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which a test writes bytes as it likes. */
export class RawConnection {
  private received = '';
  private hasEnded = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    socket.on('end', () => (this.hasEnded = true));
    socket.on('close', () => (this.hasEnded = true));
    // What cannot be sent any more is for the answers to explain.
    socket.on('error', () => undefined);
  }

  static async to(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  send(...texts: readonly string[]): void {
    for (const text of texts) if (this.socket.writable) this.socket.write(text, 'latin1');
  }

  /** The next answer; one to HEAD has no body, whatever it says of its length. */
  async answer({ isToHead = false } = {}): Promise<RawAnswer> {
    for (;;) {
      const answer = this.take(isToHead);
      if (answer !== undefined) return answer;
      if (this.hasEnded) throw new Error(`the connection ended after ${this.received}`);
      await this.next();
    }
  }

  /** Resolves to what was left when the server ended the connection. */
  async end(): Promise<string> {
    while (!this.hasEnded) await this.next();
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private async next(): Promise<void> {
    const events = ['data', 'end', 'close'];
    const { promise, resolve } = withResolvers<undefined>();
    const listener = (): void => {
      resolve(undefined);
    };
    for (const event of events) this.socket.once(event, listener);
    await promise;
    for (const event of events) this.socket.off(event, listener);
  }

  private take(isToHead: boolean): RawAnswer | undefined {
    const length = this.received.indexOf('\r\n\r\n');
    if (length < 0) return undefined;
    const [first = '', ...lines] = this.received.slice(0, length).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const from = length + 4;
    const to = from + (isToHead ? 0 : Number(headers['content-length'] ?? 0));
    if (this.received.length < to) return undefined;
    const body = this.received.slice(from, to);
    this.received = this.received.slice(to);
    return { status: Number(first.split(' ')[1]), headers, body };
  }
}

const HOST = 'Host: localhost';

/** The first line and the headers of a request. */
export const headOf = (line: string, ...headers: readonly string[]): string =>
  `${[`${line} HTTP/1.1`, HOST, ...headers].join('\r\n')}\r\n\r\n`;
