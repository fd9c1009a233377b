import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { GraphQLModule } from '@nestjs/graphql';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PositionTokens } from '../position-tokens.js';
import { formatErrors } from './error-formatter.js';
import { GraphqlPipeline, type GraphqlLimits } from './graphql-pipeline.js';
import { GRAPHQL_PATH, graphqlRoute } from './graphql-route.js';
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
    cache: false,
    allowBatchedQueries: false,
    additionalRouteOptions: graphqlRoute(new GraphqlPipeline(limits), contextOf),
    errorFormatter: formatErrors,
    context: contextOf,
  });
}
