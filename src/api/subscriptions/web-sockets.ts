import { parsedUrl } from '../../domain/parsed-url.js';
import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { badInput, PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';
import type { Telemetry } from '../../telemetry/telemetry.js';
import { rawAnswer } from '../http/answers.js';
import { HTTP_STATUS } from '../http/http-status.js';
import { letGo, type Upgrades } from '../http/upgrades.js';
import { closeSocket } from './close-socket.js';
import { Conversation, type ConversationOptions } from './conversation.js';
import type { OpenSubscriptions } from './open-subscriptions.js';
import { PING_MS } from './result-stream.js';

/** Serves subscriptions over WebSockets. */
export class WebSockets {
  private readonly server: WebSocketServer;

  constructor(private readonly options: WebSocketOptions) {
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: options.bytesMax,
      handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL,
    });
    this.server.on('wsClientError', (error, socket) => {
      const fault = badInput('upgrade', error.message);
      socket.end(rawAnswer(fault, HTTP_STATUS[fault.code]));
    });
    options.subscriptions.onEnded = () => {
      // The streams that have ended are told first.
      setImmediate(() => {
        for (const socket of this.server.clients)
          closeSocket(socket, GOING_AWAY, 'this server ends');
      });
    };
  }

  /** Says whether a request asks for a WebSocket. */
  isFor(request: IncomingMessage): boolean {
    return this.options.upgrades.headOf(request) !== undefined;
  }

  /** Makes a WebSocket of a request's connection; throws the error to answer the request with. */
  accept(request: FastifyRequest, reply: FastifyReply): void {
    const { raw, headers, ip, method } = request;
    this.assertOrigin(request);
    const asked = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    if (asked?.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL) !== true) {
      throw badInput('sec-websocket-protocol', `must name ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`);
    }
    const { subscriptions, telemetry, upgrades } = this.options;
    subscriptions.assertGoesOn();
    const seconds = reply.elapsedTime / SECOND_MS;
    const route = request.routeOptions.url ?? '';
    const { socket } = raw;
    reply.hijack();
    letGo(reply.raw, socket);
    const head = upgrades.headOf(raw) ?? Buffer.alloc(0);
    this.server.handleUpgrade(raw, socket, head, (webSocket) => {
      telemetry.answered({ method, route, status: SWITCHING_PROTOCOLS, seconds });
      const client = { address: ip, authorization: headers.authorization };
      this.serve(webSocket, new Conversation(webSocket, client, this.options));
    });
  }

  private assertOrigin({ headers, host }: FastifyRequest): void {
    const { origin } = headers;
    const { corsOrigins } = this.options;
    if (origin === undefined || corsOrigins.includes('*') || corsOrigins.includes(origin)) return;
    if (parsedUrl(origin)?.host === host) return;
    throw new PlayheadError('FORBIDDEN', 'pages of this origin are not in CORS_ORIGINS');
  }

  private serve(socket: WebSocket, conversation: Conversation): void {
    const { pingMs = PING_MS } = this.options;
    // Who has not answered one by the next is gone.
    let isThere = true;
    const timer = setInterval(() => {
      if (!isThere) socket.terminate();
      isThere = false;
      socket.ping();
    }, pingMs);
    socket.on('pong', () => {
      isThere = true;
    });
    socket.on('message', (data: Buffer) => {
      conversation.take(data.toString()).catch((error: unknown) => {
        log.error(error instanceof Error ? error.stack : String(error));
        closeSocket(socket, CloseCode.InternalServerError, 'something failed that should not');
      });
    });
    // What breaks the rules of WebSockets closes its connection, too.
    socket.on('error', (error) => {
      log.debug(error.message);
    });
    socket.once('close', () => {
      clearInterval(timer);
      conversation.end();
    });
  }
}

const SWITCHING_PROTOCOLS = 101;
const GOING_AWAY = 1_001;

export interface WebSocketOptions extends ConversationOptions {
  readonly subscriptions: OpenSubscriptions;
  /** The origins whose pages may connect, beside the server's own. */
  readonly corsOrigins: readonly string[];
  /** The most bytes of a message. */
  readonly bytesMax: number;
  readonly upgrades: Upgrades;
  readonly telemetry: Pick<Telemetry, 'executed' | 'answered'>;
  readonly pingMs?: number;
}

const log = new Logger('WebSocket');
