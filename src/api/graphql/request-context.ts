import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf, type Asking } from '../access/authenticate.js';
import type { Caller } from '../access/key-ring.js';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { PositionTokens } from '../position-tokens.js';
import { NEGOTIATED_TYPE, prefersNegotiated } from './media-type.js';

/** Names of headers, in lower case as Node gives them. */
const READ_AFTER = 'read-after';
const POSITION = 'position';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a GraphQL request does, once its document has been found good. */
    operation: MeteredOperation | undefined;
  }
}

/** What the resolvers of one request share. */
export class RequestContext implements Asking {
  private highest = -1;

  constructor(
    private readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    private readonly tokens: PositionTokens,
  ) {
    if (prefersNegotiated(request.headers.accept)) reply.header('content-type', NEGOTIATED_TYPE);
  }

  /** Who asks, as far as the key tells. */
  get caller(): Caller | undefined {
    return this.request.caller;
  }

  /** Whom rates are counted for. */
  get client(): string {
    return clientOf(this.request);
  }

  /** Whether it may change anything: a GET only asks. */
  get mayChange(): boolean {
    return this.request.method === 'POST';
  }

  /** Whether it has been answered, be it with TIMEOUT: nobody waits for what is not yet done. */
  get isAnswered(): boolean {
    return this.reply.sent;
  }

  /** Notes what the request does, for the metrics. */
  noteOperation(operation: MeteredOperation): void {
    this.request.operation = operation;
  }

  /** The length of the request's body, as it says. */
  get bytes(): number {
    return Number(this.request.headers['content-length'] ?? 0);
  }

  /** Whether anything was stored in this request. */
  get hasStored(): boolean {
    return this.highest >= 0;
  }

  /** The position that queries wait for; BAD_USER_INPUT where the header is not of this log. */
  readAfter(): number | undefined {
    const header = this.request.headers[READ_AFTER];
    return header === undefined ? undefined : this.tokens.decodeHighest(String(header));
  }

  /** The token of a position, which also goes into the answer's header if it is the highest. */
  notePosition(position: number): string {
    if (position > this.highest) {
      this.highest = position;
      this.reply.header(POSITION, this.tokens.encode(position));
    }
    return this.tokens.encode(position);
  }
}
