import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PositionTokens } from '../position-tokens.js';

/** Names of headers, in lower case as Node gives them. */
const READ_AFTER = 'read-after';
const POSITION = 'position';

/** What the resolvers of one request share. */
export class RequestContext {
  private highest = -1;

  constructor(
    private readonly request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly tokens: PositionTokens,
  ) {}

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
