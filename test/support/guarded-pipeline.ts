import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { GraphqlPipeline } from '../../src/api/graphql/graphql-pipeline.js';
import { RequestContext } from '../../src/api/graphql/request-context.js';
import { RateLimiter } from '../../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../../src/api/position-tokens.js';
import { OpenSubscriptions } from '../../src/api/subscriptions/open-subscriptions.js';
import { readConfig } from '../../src/config.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { apiSchema } from './asked-operation.js';
import type { HeavyRequest } from './graphql-documents.js';

const clock = { now: () => Date.now() };
const { queryCostMax } = readConfig({});
const limits = {
  queryCostMax,
  queryCostRate: new RateLimiter(undefined, 'of query cost', clock),
  hasIntrospection: true,
  subscriptions: new OpenSubscriptions(new Telemetry()),
  now: clock.now,
};
const tokens = new PositionTokens('00000000');

/** Makes a context that answers nobody. */
function contextOf(): RequestContext {
  const request = { method: 'POST', headers: {}, ip: '' };
  const reply: object = { request, sent: false, code: () => reply, header: () => reply };
  return new RequestContext(request as FastifyRequest, reply as FastifyReply, tokens);
}

/**
 * Returns the CPU in milliseconds from a request's text to its answer's text: of parsing, checking,
 * refusing and answering, as nothing is resolved. No document is kept from one request to the next.
 */
export async function cpuMsOf(request: HeavyRequest): Promise<number> {
  const body = JSON.stringify(request);
  const before = process.cpuUsage();
  try {
    const { query, variables = {} } = JSON.parse(body) as HeavyRequest;
    const asked = { query, variables };
    JSON.stringify(await new GraphqlPipeline(limits).answer(apiSchema, asked, contextOf()));
  } catch (error) {
    // A refusal before the document was made; the parser follows its levels on the stack.
    const isRefusal = error instanceof PlayheadError || error instanceof RangeError;
    if (!isRefusal && !(error instanceof GraphQLError)) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
