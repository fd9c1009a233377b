import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const HOST = '127.0.0.1';
/** Of a gRPC message: whether it is compressed, and its length. */
const HEAD_BYTES = 5;
/**
 * As fast as it goes: what is looked at is what a client does with it. Messages are small, and room
 * for large ones takes longer to make than they do.
 */
const GZIP = { level: 1, windowBits: 12, memLevel: 4, chunkSize: 4_096 } as const;
/** Of one connection only, as HTTP/2 has it. */
const NOT_FORWARDED = new Set([':authority', 'connection', 'transfer-encoding']);

/**
 * Stands before the double and compresses each message by itself, for clients that offer to take
 * gzip: what a real server does and what the double's cannot.
 */
export class CompressingRelay {
  /** How many messages it has compressed, and how many it has passed on as they were. */
  readonly messages = { compressed: 0, plain: 0 };

  private constructor(
    private readonly server: Http2Server,
    private readonly upstream: ClientHttp2Session,
  ) {}

  /** Before a server that speaks plain HTTP/2 at a port of this machine. */
  static async start(port: number): Promise<CompressingRelay> {
    const upstream = connect(`http://${HOST}:${String(port)}`);
    await once(upstream, 'connect');
    const server = createServer();
    const relay = new CompressingRelay(server, upstream);
    // What goes with a connection is told by each of its streams.
    upstream.on('error', () => undefined);
    server.on('sessionError', () => undefined);
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      relay.forward(stream, headers);
    });
    server.listen(0, HOST);
    await once(server, 'listening');
    return relay;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `esdb://${HOST}:${String(port)}?tls=false`;
  }

  async stop(): Promise<void> {
    this.upstream.destroy();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const isOffered = String(headers['grpc-accept-encoding'] ?? '').includes('gzip');
    const call = this.upstream.request(forwarded(headers));
    stream.on('error', () => undefined);
    call.on('error', () => {
      stream.close();
    });
    stream.on('close', () => {
      call.close();
    });
    stream.pipe(call);
    let trailers: IncomingHttpHeaders = {};
    call.on('response', (response, flags) => {
      // Without a body its headers are its trailers.
      const isOver = (flags & 1) !== 0;
      const encoding = isOffered && !isOver ? { 'grpc-encoding': 'gzip' } : {};
      stream.respond(
        { ...forwarded(response), ...encoding },
        { endStream: isOver, waitForTrailers: !isOver },
      );
    });
    stream.on('wantTrailers', () => {
      stream.sendTrailers(forwarded(trailers));
    });
    call.on('trailers', (received: IncomingHttpHeaders) => {
      trailers = received;
    });
    const messages = new Messages();
    call.on('data', (data: Buffer) => {
      const whole = messages.add(data);
      if (whole.length === 0 || stream.destroyed) return;
      if (!stream.write(isOffered ? this.compressed(whole) : this.passed(whole))) {
        call.pause();
        stream.once('drain', () => call.resume());
      }
    });
    call.on('end', () => stream.end());
  }

  private compressed(messages: readonly Buffer[]): Buffer {
    this.messages.compressed += messages.length;
    return Buffer.concat(messages.flatMap((message) => framed(gzipSync(message, GZIP), 1)));
  }

  private passed(messages: readonly Buffer[]): Buffer {
    this.messages.plain += messages.length;
    return Buffer.concat(messages.flatMap((message) => framed(message, 0)));
  }
}

/** Puts the messages of a call together from what comes of it. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  /** The messages that are whole now. */
  add(data: Buffer): readonly Buffer[] {
    const all = this.rest.length === 0 ? data : Buffer.concat([this.rest, data]);
    const whole: Buffer[] = [];
    let at = 0;
    while (all.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + all.readUInt32BE(at + 1);
      if (end > all.length) break;
      whole.push(all.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    this.rest = all.subarray(at);
    return whole;
  }
}

function framed(message: Buffer, compression: 0 | 1): readonly Buffer[] {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(compression);
  head.writeUInt32BE(message.length, 1);
  return [head, message];
}

const forwarded = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name)));
