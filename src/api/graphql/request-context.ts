import type { FastifyReply, FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import { badInput, PlayheadError } from '../../domain/errors.js';
import { clientOf } from '../access/authenticate.js';
import type { Caller } from '../access/key-ring.js';
import { isPrivate, type EdgeFindings } from '../context/edge-context.js';
import type { MeteredOperation } from '../../telemetry/telemetry.js';
import type { PositionTokens } from '../position-tokens.js';
import { acceptsEvents, NEGOTIATED_TYPE, prefersNegotiated } from './media-type.js';
import type { OperationContext } from './operation-context.js';

/** The state that the resolvers of a request share. */
export class RequestContext implements OperationContext {
  scanned: string | undefined;
  private highest = -1;
  private charging: (cost: number) => void = () => undefined;

  constructor(
    private readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    private readonly tokens: PositionTokens,
  ) {
    if (prefersNegotiated(request.headers.accept)) reply.header('content-type', NEGOTIATED_TYPE);
  }

  /** The holder of the key that was sent. */
  get caller(): Caller | undefined {
    return this.request.caller;
  }

  /** The client that rates are counted for. */
  get client(): string {
    return clientOf(this.request);
  }

  /** The findings about the viewer: only whether it asked for privacy. */
  get findings(): EdgeFindings {
    return { filled: {}, isBot: false, isPrivate: isPrivate(this.request.headers) };
  }

  /** Refuses mutations by GET, and subscriptions whose answer is not a stream of events. */
  assertTakes(kind: OperationTypeNode): void {
    const { method, headers } = this.request;
    if (kind === OperationTypeNode.MUTATION && method !== 'POST') {
      const rule = 'query: a mutation must be sent as a POST';
      throw new PlayheadError('METHOD_NOT_ALLOWED', rule, { allow: ['POST'] });
    }
    if (kind !== OperationTypeNode.SUBSCRIPTION) return;
    if (method === 'HEAD' || !acceptsEvents(headers.accept)) {
      throw badInput('accept', 'must name text/event-stream for a subscription');
    }
  }

  /**
   * Says whether the request has been answered, for example with TIMEOUT, so that nobody waits for
   * the rest.
   */
  get isAnswered(): boolean {
    return this.reply.sent;
  }

  /** Notes the operation of the request, for the metrics. */
  noteOperation(operation: MeteredOperation): void {
    this.request.operation = operation;
  }

  /** The length of the request's body, as its header states it. */
  get bytes(): number {
    return Number(this.request.headers['content-length'] ?? 0);
  }

  /** Says whether an event was stored in this request. */
  get hasStored(): boolean {
    return this.highest >= 0;
  }

  chargeBy(charge: (cost: number) => void): void {
    this.charging = charge;
  }

  charge(cost: number): void {
    this.charging(cost);
  }

  readAfter(): number | undefined {
    const header = this.request.headers[READ_AFTER];
    return header === undefined ? undefined : this.tokens.decodeHighest(String(header));
  }

  /** Returns the token of a position, and puts it into the answer's header if it is the highest. */
  notePosition(position: number): string {
    if (position > this.highest) {
      this.highest = position;
      this.reply.header(POSITION, this.tokens.encode(position));
    }
    return this.tokens.encode(position);
  }
}

/** Names of headers, in lower case as Node gives them. */
const READ_AFTER = 'read-after';
const POSITION = 'position';

declare module 'fastify' {
  interface FastifyRequest {
    /** The operation of a GraphQL request; undefined until its document is found valid. */
    operation: MeteredOperation | undefined;
  }
}
