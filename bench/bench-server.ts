import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Requires } from '../src/api/access/requires.decorator.js';
import { StreamingEventInput } from '../src/api/graphql/inputs.js';
import { StreamingEventReceipt } from '../src/api/graphql/models.js';
import { RequestContext } from '../src/api/graphql/request-context.js';
import { AppModule, type AppOptions } from '../src/app.module.js';
import { createHttp } from '../src/server/http.js';
import { openStores } from '../src/composition/stores.js';
import { CONNECTIONS_WAITING_MAX } from '../src/server/serving.js';
import { createLogger } from '../src/server/logging.js';
import { readConfig } from '../src/config.js';

/** A resolver of the same shape as the server's that does nothing: the server's ceiling. */
@Requires('nothing')
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

/** The sum of what requests are charged for work of a size that shows only meanwhile. */
let charged = 0;
const descriptor = Object.getOwnPropertyDescriptor(RequestContext.prototype, 'charge');
const charge: unknown = descriptor?.value;
RequestContext.prototype.charge = function (this: RequestContext, cost: number): void {
  charged += cost;
  if (typeof charge === 'function') charge.call(this, cost);
};
process.on('message', () => process.send?.(charged));

const config = readConfig(process.env);
const log = await createLogger('error');
const stores = await openStores(config, log);
const module = BenchModule.with({ config, stores, log });
const { app } = await createHttp(module, { config, logger: log });
const { port, host } = config;
await app.listen({ port, host, backlog: CONNECTIONS_WAITING_MAX });
process.send?.(await app.getUrl());
process.on('SIGTERM', () => {
  void app
    .close()
    .then(() => stores.close())
    .then(() => process.exit(0));
});
