import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { GraphQLModule } from '@nestjs/graphql';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PositionTokens } from '../position-tokens.js';
import { formatErrors } from './error-formatter.js';
import { RequestContext } from './request-context.js';

/** The GraphQL endpoint; its schema is that of the resolvers. */
export const graphqlModule = (tokens: PositionTokens): DynamicModule =>
  GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    path: '/graphql',
    autoSchemaFile: true,
    sortSchema: false,
    graphiql: false,
    errorFormatter: formatErrors,
    context: (request: FastifyRequest, reply: FastifyReply) =>
      new RequestContext(request, reply, tokens),
  });
