import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { badInput, type PlayheadError } from '../../domain/errors.js';
import { rawAnswer } from './answers.js';
import { HTTP_STATUS } from './http-status.js';

type Socket = IncomingMessage['socket'];

/** The rest of a request that is read for nothing, so that its connection can be used again. */
const REST_BYTES_MAX = 2 ** 20;
/** How long such a rest is awaited before the connection ends. */
const REST_MS_MAX = 2_000;
/** Requests that a connection may have sent ahead of their answers; what comes then is not read. */
const OWED_MAX = 100;
/** How long a connection is read on that has ended, for the answer to get through. */
const LINGER_MS_MAX = 5_000;

/**
 * What goes over the server's connections, beneath the routes. Answers keep the order of their
 * requests. An answer that is given before its request has come in full leaves the connection
 * usable, or ends it at once: nobody waits on a connection that says nothing any more.
 */
export class Connections {
  /** The replies that a connection still owes, in the order of their requests. */
  private readonly owed = new WeakMap<Socket, Set<FastifyReply>>();
  /** The last request of a connection that was answered before it had come in full. */
  private readonly cut = new WeakMap<Socket, IncomingMessage>();
  /** Connections that sent so much ahead that they end with the last answer they wait for. */
  private readonly full = new WeakSet<Socket>();
  /** Connections of which the last answer is known. */
  private readonly ending = new WeakSet<Socket>();
  private isEnding = false;

  /** To be called before anything else looks at requests. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      if (this.ending.has(socket) || this.isFull(socket)) {
        // The client is told by the answer before it that this one is not looked at.
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
      // At the end the last answer counts: of requests that came together all are read by then.
      if (this.isEnding) setImmediate(go);
      else go();
    });
    // Node would end both without a word.
    fastify.server.on('connect', (_request, socket) => {
      const error = badInput('request', 'is for a proxy, which this is not');
      this.refuse(socket as Socket, error, HTTP_STATUS[error.code]);
    });
    fastify.server.on('checkExpectation', (request, response) => {
      fastify.server.emit('request', request, response);
    });
  }

  /** From here on the last answer of each connection ends it. */
  endWithAnswers(): void {
    this.isEnding = true;
  }

  /** Whether a connection has no room for another request, now or once. */
  private isFull(socket: Socket): boolean {
    if (this.full.has(socket)) return true;
    if ((this.owed.get(socket)?.size ?? 0) < OWED_MAX) return false;
    this.full.add(socket);
    socket.pause();
    return true;
  }

  /** Whether a connection waits for its client alone: to send the rest, or to take its answers. */
  isStalled(socket: Socket): boolean {
    const owed = [...(this.owed.get(socket) ?? [])];
    return owed.every(({ sent, request }) => sent || !request.raw.complete);
  }

  /** Whether a connection waits for an answer. */
  isBusy(socket: Socket): boolean {
    return (this.owed.get(socket)?.size ?? 0) > 0;
  }

  /** Answers what never became a request, or broke off half-way, and ends the connection. */
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
    const owed = [...(this.owed.get(socket) ?? [])];
    void Promise.all(owed.map(({ raw }) => closed(raw))).then(() => {
      if (!isAnswered && socket.writable) socket.write(rawAnswer(error, status));
      endOrderly(socket);
    });
  }

  private lastOwed(socket: Socket): FastifyReply | undefined {
    return [...(this.owed.get(socket) ?? [])].at(-1);
  }

  private noteOwed(socket: Socket, reply: FastifyReply): void {
    const owed = this.owed.get(socket) ?? new Set<FastifyReply>();
    if (owed.size === 0) this.owed.set(socket, owed);
    owed.add(reply);
    // Also when the connection breaks.
    reply.raw.once('close', () => owed.delete(reply));
  }

  private noteCut(socket: Socket, request: IncomingMessage): void {
    if (!this.cut.has(socket)) {
      socket.destroySoon = endOrderly.bind(undefined, socket);
      // Node tells this only to who reads a request that is not answered.
      socket.once('close', () => this.cut.get(socket)?.destroy());
    }
    this.cut.set(socket, request);
  }

  /** Decides what becomes of the connection once an answer is sent. */
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

/** Resolves when an answer is sent, or its connection is broken. */
const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('close', resolve);
  });

/** Whether some of a request's body has not come. */
function isUnread({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whether the rest of a request is known to be short. */
const isShort = ({ headers }: IncomingMessage): boolean =>
  Number(headers['content-length'] ?? Infinity) <= REST_BYTES_MAX;

/** Reads the rest of a request that is answered; who does not send it loses the connection. */
function readRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(endOrderly, REST_MS_MAX, request.socket);
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.resume();
}

/**
 * Ends a connection once all is written, but goes on reading for a while: a system that closes one
 * with bytes unread breaks it, and with it the answer that is under way.
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
