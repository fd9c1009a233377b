import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { AdminResolver } from './admin.resolver.js';
import { FiguresResolver } from './figures.resolver.js';
import { SessionsResolver } from './sessions.resolver.js';
import { IngestResolver } from './ingest.resolver.js';
import { LiveResolver } from './live.resolver.js';
import { ProjectionsResolver } from './projections.resolver.js';
import { ServerResolver } from './server.resolver.js';
import { TimelineResolver } from './timeline.resolver.js';
import { ReadResolver } from './read.resolver.js';
import { EventsResolver } from './events.resolver.js';

/** Every resolver of the API. */
export const RESOLVERS = [
  IngestResolver,
  AdminResolver,
  ProjectionsResolver,
  ReadResolver,
  FiguresResolver,
  SessionsResolver,
  TimelineResolver,
  LiveResolver,
  ServerResolver,
  EventsResolver,
];

/** Prints the API's schema in the form of `schema.gql`. */
export async function printApiSchema(): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, {
    logger: false,
  });
  const schema = await app.get(GraphQLSchemaFactory).create(RESOLVERS);
  await app.close();
  return `${printSchema(schema)}\n`;
}
