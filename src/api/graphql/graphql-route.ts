import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  execute,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import type { MercuriusOptions } from 'mercurius';
import { assertKnown } from '../access/authenticate.js';
import { badInput } from '../../domain/errors.js';
import type { RateLimiter } from '../ingest/rate-limiter.js';
import { checkDocument, TOKENS_MAX, VALIDATION_ERRORS_MAX } from './document-limits.js';
import { formatErrors } from './error-formatter.js';
import { checkMediaType, readAddress, readBody, type GraphqlRequest } from './graphql-request.js';
import { noteOperation } from './metered-operation.js';
import { costOf } from './query-cost.js';
import type { RequestContext } from './request-context.js';

/** Documents up to this length are kept parsed; of longer ones a few would fill the memory. */
const KEPT_LENGTH_MAX = 4_000;
export const KEPT_DOCUMENTS_MAX = 200;
const METHOD_NOT_ALLOWED = 405;
export const GRAPHQL_PATH = '/graphql';

export interface GraphqlLimits {
  readonly queryCostMax: number;
  /** How much queries may cost in a second. */
  readonly queryCostRate: RateLimiter;
  readonly hasIntrospection: boolean;
}

export const PARSE_OPTIONS = { maxTokens: TOKENS_MAX };
export const VALIDATE_OPTIONS = { maxErrors: VALIDATION_ERRORS_MAX };

export const validationRules = ({ hasIntrospection }: GraphqlLimits): ValidationRule[] =>
  hasIntrospection ? [] : [NoSchemaIntrospectionCustomRule];

/** QUERY_TOO_COMPLEX for an operation that is too dear, RATE_LIMITED for one query too many. */
export function charge(
  limits: GraphqlLimits,
  document: DocumentNode,
  { operationName, variables = {} }: GraphqlRequest,
  client: string,
): void {
  const cost = costOf(document, variables, operationName, limits.queryCostMax);
  const operation = getOperationAST(document, operationName)?.operation;
  if (operation === OperationTypeNode.QUERY) limits.queryCostRate.charge(client, cost);
}

type RouteOptions = NonNullable<MercuriusOptions['additionalRouteOptions']>;

/** What mercurius' routes do before it takes over. */
export function graphqlRoute(
  limits: GraphqlLimits,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => RequestContext,
): RouteOptions {
  return {
    // Its own would check less than we do, and would turn the numbers in an error's path to texts.
    schema: {},
    preParsing: (request, _reply, payload, done) => {
      assertKnown(request.caller);
      if (request.method === 'POST') checkMediaType(request);
      done(null, payload);
    },
    preValidation: (request, _reply, done) => {
      if (request.method === 'POST') request.body = readBody(request.body);
      done();
    },
    preHandler: (request, reply, done) => {
      const isPost = request.method === 'POST';
      const asked = isPost ? (request.body as GraphqlRequest) : readAddress(request.query);
      if (isPost && asked.query.length <= KEPT_LENGTH_MAX) {
        done();
        return;
      }
      const context = contextOf(request, reply);
      answerTo(request.server.graphql.schema, asked, context, limits).then(
        (answer) => reply.send(answer),
        done,
      );
    },
  };
}

/** Answers what mercurius would keep the document of, or would not look at closely: a GET. */
async function answerTo(
  schema: GraphQLSchema,
  asked: GraphqlRequest,
  context: RequestContext,
  limits: GraphqlLimits,
): Promise<unknown> {
  const { operationName, variables } = asked;
  const document = parse(asked.query, PARSE_OPTIONS);
  checkDocument(document);
  const rules = [...specifiedRules, ...validationRules(limits)];
  const faults = validate(schema, document, rules, VALIDATE_OPTIONS);
  if (faults.length > 0) return refuse(faults, context);
  const operation = getOperationAST(document, operationName)?.operation;
  if (context.reply.request.method !== 'POST' && operation === OperationTypeNode.MUTATION) {
    const originalError = badInput('query', 'a mutation must be sent as a POST');
    const body = refuse([new GraphQLError(originalError.message, { originalError })], context);
    context.reply.code(METHOD_NOT_ALLOWED).header('allow', 'POST');
    return body;
  }
  noteOperation(context.reply.request, document, operationName);
  charge(limits, document, asked, context.client);
  const result = await execute({
    schema,
    document,
    contextValue: context,
    variableValues: variables,
    operationName,
  });
  return result.errors === undefined ? result : refuse(result.errors, context, result.data);
}

function refuse(errors: readonly GraphQLError[], context: RequestContext, data?: unknown): object {
  const execution = { errors: [...errors], ...(data !== undefined && { data }) };
  const { statusCode, response } = formatErrors(execution as never, context as never);
  context.reply.code(statusCode);
  return response;
}
