import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql';
import type { FastifyInstance } from 'fastify';
import type { GraphqlPipeline } from './graphql-pipeline.js';
import { WebSockets, type WebSocketOptions } from '../subscriptions/web-sockets.js';
import { addGraphqlRoute, type ContextOf } from './graphql-route.js';

/** Serves the schema of the resolvers through the pipeline, on a route of fastify's. */
export class GraphqlDriver extends AbstractGraphQLDriver<GraphqlDriverConfig> {
  start({ schema, pipeline, context, webSockets }: GraphqlDriverConfig): Promise<void> {
    if (schema === undefined) throw new Error('the resolvers gave no schema');
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    addGraphqlRoute(fastify, {
      schema,
      pipeline,
      contextOf: context,
      webSockets: new WebSockets({ ...webSockets, schema, pipeline }),
    });
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

export interface GraphqlDriverConfig extends GqlModuleOptions {
  readonly pipeline: GraphqlPipeline;
  readonly context: ContextOf;
  readonly webSockets: Omit<WebSocketOptions, 'schema' | 'pipeline'>;
}
