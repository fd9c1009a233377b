import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from '@nestjs/common';
import { buildSchema, GraphQLError } from 'graphql';
import { GraphqlPipeline } from '../src/api/graphql/graphql-pipeline.js';
import { RequestContext } from '../src/api/graphql/request-context.js';
import { OpenSubscriptions } from '../src/api/subscriptions/open-subscriptions.js';
import { Telemetry } from '../src/telemetry/telemetry.js';
import { RateLimiter } from '../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../src/api/position-tokens.js';
import { readConfig } from '../src/config.js';
import { PlayheadError } from '../src/domain/errors.js';
import { FAMILIES, type Family, type HeavyRequest } from '../test/support/graphql-documents.js';
import { SeededRandom } from '../test/support/random.js';
import { RandomRequests } from '../test/support/random-requests.js';
import { quantileOf } from './measure.js';

/*
 * The cost of requests that no honest client sends: `npm run bench:guards`. Nothing is resolved
 * here, so this is the CPU of parsing, checking, refusing and answering.
 */

const DOCUMENTS = 5_000;
const SEED = Number(process.env.FAULT_SEED ?? 16);
const PARTS_MAX = 60;
/** The counts whose median is taken. */
const ROUNDS = 7;
/** The least time that is compared: below it the clock's own error is too great a part. */
const COMPARED_MS_MIN = 2;
const MS_AIM = 250;
const RATIO_AIM = 2.5;

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
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

/** Returns the CPU in milliseconds from a request's text to its answer's text; nothing is kept. */
async function cpuOf(request: HeavyRequest): Promise<number> {
  const body = JSON.stringify(request);
  const before = process.cpuUsage();
  try {
    const { query, variables = {} } = JSON.parse(body) as HeavyRequest;
    const asked = { query, variables };
    JSON.stringify(await new GraphqlPipeline(limits).answer(schema, asked, contextOf()));
  } catch (error) {
    // A refusal before the document was made; the parser follows its levels on the stack.
    const isRefusal = error instanceof PlayheadError || error instanceof RangeError;
    if (!isRefusal && !(error instanceof GraphQLError)) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function medianCpuOf(request: HeavyRequest): Promise<number> {
  const counts: number[] = [];
  while (counts.length < ROUNDS) counts.push(await cpuOf(request));
  return quantileOf(counts, 0.5);
}

async function measureFamily({ name, sizeMax, request }: Family): Promise<number> {
  let [ratioMax, before, dearest] = [0, 0, 0];
  for (let size = Math.max(1, Math.floor(sizeMax / 16)); size <= sizeMax; size *= 2) {
    const cpu = await medianCpuOf(request(size));
    if (before >= COMPARED_MS_MIN) ratioMax = Math.max(ratioMax, cpu / before);
    before = cpu;
    dearest = Math.max(dearest, cpu);
  }
  const ratio = ratioMax === 0 ? '   -' : ratioMax.toFixed(1).padStart(4);
  process.stdout.write(`${dearest.toFixed(0).padStart(6)} ms  ${ratio} times  ${name}\n`);
  return ratioMax;
}

// Nest would log an error for each request, as nothing is resolved.
Logger.overrideLogger(false);
const requests = new RandomRequests(new SeededRandom(SEED), PARTS_MAX);
const counts: number[] = [];
for (let i = 0; i < DOCUMENTS; i += 1) counts.push(await cpuOf(requests.next()));
const [median, slow, most] = [0.5, 0.99, 1].map((share) => quantileOf(counts, share).toFixed(1));
process.stdout.write(
  `${String(DOCUMENTS)} random requests, seed ${String(SEED)}: ` +
    `CPU ${String(median)} ms (median), ${String(slow)} ms (99 %), ` +
    `${String(most)} ms (most; aim ${String(MS_AIM)})\n\n` +
    'The dearest size of each kind, and what doubling the size costs at most ' +
    `(aim ${String(RATIO_AIM)}):\n`,
);
for (const family of FAMILIES) await measureFamily(family);
