import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { GraphQLModule } from '@nestjs/graphql';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentNode } from 'graphql';
import { clientOf } from '../access/authenticate.js';
import type { PositionTokens } from '../position-tokens.js';
import { checkDocument } from './document-limits.js';
import { formatErrors } from './error-formatter.js';
import {
  charge,
  GRAPHQL_PATH,
  graphqlRoute,
  KEPT_DOCUMENTS_MAX,
  PARSE_OPTIONS,
  VALIDATE_OPTIONS,
  validationRules,
  type GraphqlLimits,
} from './graphql-route.js';
import type { GraphqlRequest } from './graphql-request.js';
import { noteOperation } from './metered-operation.js';
import { RequestContext } from './request-context.js';
import { withStrictIds } from './strict-ids.js';

/** The GraphQL endpoint; its schema is that of the resolvers. */
export function graphqlModule(tokens: PositionTokens, limits: GraphqlLimits): DynamicModule {
  const contextOf = (request: FastifyRequest, reply: FastifyReply): RequestContext =>
    new RequestContext(request, reply, tokens);
  return GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    path: GRAPHQL_PATH,
    autoSchemaFile: true,
    sortSchema: false,
    transformSchema: withStrictIds,
    graphiql: false,
    cache: KEPT_DOCUMENTS_MAX,
    allowBatchedQueries: false,
    graphql: { parseOptions: PARSE_OPTIONS, validateOptions: VALIDATE_OPTIONS },
    validationRules: validationRules(limits),
    additionalRouteOptions: graphqlRoute(limits, contextOf),
    errorFormatter: formatErrors,
    context: contextOf,
    hooks: {
      preValidation: async (_schema: unknown, document: DocumentNode) => {
        checkDocument(document);
        return Promise.resolve();
      },
      preExecution: async (
        _schema: unknown,
        query: DocumentNode,
        context: { readonly reply: FastifyReply },
      ) => {
        const asked = context.reply.request.body as GraphqlRequest;
        const { request } = context.reply;
        noteOperation(request, query, asked.operationName);
        charge(limits, query, asked, clientOf(request));
        return Promise.resolve(undefined);
      },
    },
  });
}
