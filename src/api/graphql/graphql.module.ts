import { GraphQLModule } from '@nestjs/graphql';
import type { DynamicModule } from '@nestjs/common';
import type { PositionTokens } from '../position-tokens.js';
import { GraphqlDriver, type GraphqlDriverConfig } from './graphql-driver.js';
import { GraphqlPipeline, type GraphqlLimits } from './graphql-pipeline.js';
import { RequestContext } from './request-context.js';
import { withStrictIds } from './strict-ids.js';

/** Makes the module of the GraphQL endpoint; its schema is that of the resolvers. */
export function graphqlModule(
  tokens: PositionTokens,
  limits: GraphqlLimits,
  webSockets: GraphqlDriverConfig['webSockets'],
): DynamicModule {
  return GraphQLModule.forRoot<GraphqlDriverConfig>({
    driver: GraphqlDriver,
    autoSchemaFile: true,
    sortSchema: false,
    transformSchema: withStrictIds,
    pipeline: new GraphqlPipeline(limits),
    webSockets,
    context: (request, reply) => new RequestContext(request, reply, tokens),
  });
}
