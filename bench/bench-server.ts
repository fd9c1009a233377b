import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { StreamingEventInput } from '../src/api/graphql/inputs.js';
import { StreamingEventReceipt } from '../src/api/graphql/models.js';
import { AppModule, type AppOptions } from '../src/app.module.js';
import { openEmbeddedStores } from '../src/composition/embedded-stores.js';
import { createLogger } from '../src/composition/logging.js';
import { readConfig } from '../src/config.js';

/** The server and beside it a resolver of the same shape that does nothing: its ceiling. */
@Resolver()
class CeilingResolver {
  @Mutation(() => StreamingEventReceipt)
  doNothing(
    @Args('input', { type: () => StreamingEventInput }) input: StreamingEventInput,
  ): StreamingEventReceipt {
    return { eventId: 'e', sessionId: input.sessionId ?? '', position: 'p', duplicate: false };
  }
}

@Module({})
class BenchModule {
  static with(options: AppOptions): DynamicModule {
    const imports = [AppModule.with(options)];
    return { module: BenchModule, imports, providers: [CeilingResolver] };
  }
}

const config = readConfig(process.env);
const log = createLogger('error');
const stores = await openEmbeddedStores(config, (message) => {
  log.error(message);
});
const app = await NestFactory.create<NestFastifyApplication>(
  BenchModule.with({ config, stores, log }),
  new FastifyAdapter(),
  { logger: false },
);
await app.listen(config.port, config.host);
process.send?.(await app.getUrl());
process.on('SIGTERM', () => {
  void app
    .close()
    .then(() => stores.close())
    .then(() => process.exit(0));
});
