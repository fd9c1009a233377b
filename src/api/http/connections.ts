import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { badInput, type PlayheadError } from '../../domain/errors.js';
import { rawAnswer } from './answers.js';
import { HTTP_STATUS } from './http-status.js';

/**
 * Manages the server's connections. Answers keep the order of their requests. If a request is
 * answered before it has come in full, the connection stays usable or ends at once, so that no
 * client waits on a silent connection.
 */
export class Connections {
  /** The replies that a connection still owes, in the order of their requests. */
  private readonly owed = new WeakMap<Socket, Set<FastifyReply>>();
  /** The last request of a connection that was answered before it had come in full. */
  private readonly cut = new WeakMap<Socket, IncomingMessage>();
  /** The connections that sent too many requests ahead; each ends with its last answer. */
  private readonly full = new WeakSet<Socket>();
  /** Connections whose last answer is known. */
  private readonly ending = new WeakSet<Socket>();
  private isEnding = false;

  /** Adds the hooks; call it before any other code looks at requests. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      if (this.ending.has(socket) || this.isFull(socket)) {
        // The answer before it tells the client that this request is not looked at.
        reply.hijack();
        return;
      }
      this.noteOwed(socket, reply);
      done();
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      const go = (): void => {
        this.prepare(reply);
        done(null, payload);
      };
      // At the end the last answer counts: by then all requests that came together are read.
      if (this.isEnding) setImmediate(go);
      else go();
    });
    // Node would end such connections without an answer.
    fastify.server.on('connect', (_request, socket) => {
      const error = badInput('request', 'is for a proxy, which this is not');
      this.refuse(socket as Socket, error, HTTP_STATUS[error.code]);
    });
    fastify.server.on('checkExpectation', (request, response) => {
      fastify.server.emit('request', request, response);
    });
  }

  /** Makes the last answer of each connection end it, from here on. */
  endWithAnswers(): void {
    this.isEnding = true;
  }

  /** Says whether a connection has no room for another request, or once had none. */
  private isFull(socket: Socket): boolean {
    if (this.full.has(socket)) return true;
    if ((this.owed.get(socket)?.size ?? 0) < OWED_MAX) return false;
    this.full.add(socket);
    socket.pause();
    return true;
  }

  /**
   * Says whether a connection waits only for its client, which has to send the rest or to read
   * answers.
   */
  isStalled(socket: Socket): boolean {
    const owed = [...(this.owed.get(socket) ?? [])];
    return owed.every(({ sent, request }) => sent || request.isStreamed || !request.raw.complete);
  }

  /** Says whether a connection waits for an answer. */
  isBusy(socket: Socket): boolean {
    return (this.owed.get(socket)?.size ?? 0) > 0;
  }

  /** Answers data that never became a whole request, and ends the connection. */
  refuse(socket: Socket, error: PlayheadError, status: number): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    if (this.ending.has(socket)) return;
    const last = this.lastOwed(socket);
    if (last !== undefined && !last.sent && isUnread(last.request.raw)) {
      void last.header('connection', 'close').send(error);
      return;
    }
    this.ending.add(socket);
    const isAnswered = this.cut.get(socket)?.complete === false;
    void this.answered(socket).then(() => {
      if (!isAnswered && socket.writable) socket.write(rawAnswer(error, status));
      endOrderly(socket);
    });
  }

  /** Resolves when a connection owes no answer, or is broken. */
  async answered(socket: Socket): Promise<void> {
    const owed = [...(this.owed.get(socket) ?? [])];
    await Promise.all(owed.map(({ raw }) => closed(raw)));
  }

  private lastOwed(socket: Socket): FastifyReply | undefined {
    return [...(this.owed.get(socket) ?? [])].at(-1);
  }

  private noteOwed(socket: Socket, reply: FastifyReply): void {
    const owed = this.owed.get(socket) ?? new Set<FastifyReply>();
    if (!this.owed.has(socket)) {
      this.owed.set(socket, owed);
      socket.once('close', () => {
        endWaiting([...owed]);
      });
    }
    owed.add(reply);
    // This also runs when the connection breaks.
    reply.raw.once('close', () => owed.delete(reply));
  }

  private noteCut(socket: Socket, request: IncomingMessage): void {
    if (!this.cut.has(socket)) {
      socket.destroySoon = endOrderly.bind(undefined, socket);
      // Node tells this only to a reader of a request that is not answered.
      socket.once('close', () => this.cut.get(socket)?.destroy());
    }
    this.cut.set(socket, request);
  }

  /** Decides whether an answer ends its connection. */
  private prepare(reply: FastifyReply): void {
    const { raw } = reply.request;
    const { socket } = raw;
    const isCut = isUnread(raw);
    const isStuck = isCut && (reply.hasHeader('connection') || !isShort(raw));
    if (isCut) this.noteCut(socket, raw);
    const isLast = isStuck || this.isEnding || this.full.has(socket);
    if (isLast && this.lastOwed(socket) === reply) {
      this.ending.add(socket);
      reply.header('connection', 'close');
      return;
    }
    // Fastify ends a connection after every body that it cannot parse.
    if (reply.hasHeader('connection')) reply.removeHeader('connection');
    if (isCut) reply.raw.once('close', readRest.bind(undefined, raw));
  }
}

/**
 * Ends the answers of a closed connection that had to wait for others. Node tells only the answer
 * that is being sent that its connection has gone.
 */
function endWaiting(owed: readonly FastifyReply[]): void {
  for (const { raw } of owed.filter((reply) => reply.raw.socket === null)) {
    raw.destroy();
    raw.emit('close');
  }
}

type Socket = IncomingMessage['socket'];

/** Requests that a client may send ahead of their answers; the server does not read more. */
const OWED_MAX = 100;

/** Resolves when an answer is sent, or its connection is broken. */
const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('close', resolve);
  });

/** Says whether a part of a request's body has not come. */
function isUnread({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The longest rest of a request that is read and dropped, so that its connection stays usable. */
const REST_BYTES_MAX = 2 ** 20;

/** Says whether the rest of a request is known to be short. */
const isShort = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? Infinity) <= REST_BYTES_MAX;

/** The time in milliseconds that such a rest may take before the connection ends. */
const REST_MS_MAX = 2_000;

/** Reads and drops the rest of an answered request; if it does not come, ends the connection. */
function readRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(endOrderly, REST_MS_MAX, request.socket);
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.resume();
}

/** The time that an ended connection is still read, so that its answer gets through. */
const LINGER_MS_MAX = 5_000;

/**
 * Ends a connection once all is written, but goes on reading for a while. A system breaks a
 * connection that is closed with bytes unread, and with it the answer under way.
 */
function endOrderly(socket: Socket): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS_MAX);
  socket.once('close', () => {
    clearTimeout(timer);
  });
  socket.once('end', () => socket.destroy());
  socket.removeAllListeners('data');
  socket.on('data', () => undefined);
  socket.end();
  socket.resume();
}
