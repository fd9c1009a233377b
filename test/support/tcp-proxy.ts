import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Fault = 'lose-reply' | 'hold';

interface ExpectedFault {
  readonly kind: Fault;
  readonly text: string;
  readonly met: () => void;
}

/** A wire between client and server that breaks at a chosen moment. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private fault: ExpectedFault | undefined;
  private held: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => {
      this.join(client);
    });
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(createServer(), target);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The connection string of a MongoDB, by way of this wire. */
  wayTo(mongodbUrl: string): string {
    const path = /^mongodb:\/\/[^/]+([^?]*)/.exec(mongodbUrl)?.[1] ?? '';
    return `mongodb://127.0.0.1:${String(this.port)}${path}?directConnection=true`;
  }

  /** The next request with this text is carried out; its reply is lost, with the connection. */
  loseReplyTo(text: string): Promise<void> {
    return this.expect('lose-reply', text);
  }

  /** The next request with this text, and all on its connection, wait for `letGo`. */
  hold(text: string): Promise<void> {
    return this.expect('hold', text);
  }

  letGo(): void {
    for (const go of this.held.splice(0)) go();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Resolves when the fault has come to pass. */
  private expect(kind: Fault, text: string): Promise<void> {
    return new Promise((resolve) => {
      this.fault = { kind, text, met: resolve };
    });
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      // What breaks on one side ends on the other: that is all there is to a broken wire here.
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    server.on('data', (data: Buffer) => client.write(data));
    client.on('data', (data: Buffer) => {
      if (this.fault !== undefined && data.includes(this.fault.text)) {
        this.breakWire(client, server, this.fault);
        this.fault = undefined;
      }
      server.write(data);
    });
  }

  private breakWire(client: Socket, server: Socket, { kind, met }: ExpectedFault): void {
    if (kind === 'hold') {
      server.cork();
      this.held.push(() => {
        server.uncork();
      });
      met();
      return;
    }
    server.removeAllListeners('data');
    server.once('data', () => {
      client.destroy();
      met();
    });
  }
}
