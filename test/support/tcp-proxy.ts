import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SECOND_MS } from '../../src/domain/time.js';

type Fault = 'lose-reply' | 'hold';

interface ExpectedFault {
  readonly kind: Fault;
  readonly text: string;
  readonly met: () => void;
}

/** A wire between client and server that breaks at a chosen moment. */
export class TcpProxy {
  /** How many connections were accepted. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private fault: ExpectedFault | undefined;
  private held: (() => void)[] = [];
  private mutes = 0;
  /** What the wire carries to clients in a second, all connections together. */
  private bytesPerSecond = Infinity;
  /** When all is carried that has come, by the time of the process. */
  private isFreeAt = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => {
      this.accepted += 1;
      if (this.mutes === 0) this.join(client);
      else {
        this.mutes -= 1;
        this.ignore(client);
      }
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

  /** How many connections are open, of clients and to the target. */
  get open(): number {
    return this.sockets.size;
  }

  /** The next connections are accepted, and carry nothing. */
  muteNext(connections: number): void {
    this.mutes = connections;
  }

  /** From here on no connection that is open carries anything, and none is closed for it. */
  goMute(): void {
    for (const socket of this.sockets) socket.removeAllListeners('data').resume();
  }

  /** From here on so many bytes a second go to clients, all connections together. */
  slowDown(bytesPerSecond: number): void {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Resolves when the fault has come to pass. */
  private expect(kind: Fault, text: string): Promise<void> {
    return new Promise((resolve) => {
      this.fault = { kind, text, met: resolve };
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private ignore(client: Socket): void {
    this.keep(client);
    client.on('error', () => client.destroy()).resume();
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      this.keep(socket);
      // What breaks on one side ends on the other: that is all there is to a broken wire here.
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    server.on('data', (data: Buffer) => {
      if (this.bytesPerSecond === Infinity) client.write(data);
      else this.carrySlowly(server, client, data);
    });
    client.on('data', (data: Buffer) => {
      if (this.fault !== undefined && data.includes(this.fault.text)) {
        this.breakWire(client, server, this.fault);
        this.fault = undefined;
      }
      server.write(data);
    });
  }

  private carrySlowly(from: Socket, to: Socket, data: Buffer): void {
    const now = performance.now();
    this.isFreeAt = Math.max(now, this.isFreeAt) + (data.length / this.bytesPerSecond) * SECOND_MS;
    from.pause();
    setTimeout(() => {
      to.write(data);
      from.resume();
    }, this.isFreeAt - now);
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
