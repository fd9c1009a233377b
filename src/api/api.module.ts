import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { TerminusModule } from '@nestjs/terminus';
import { RollupModule } from '../rollup/rollup.module.js';
import { graphqlModule } from './graphql/graphql.module.js';
import { RESOLVERS } from './graphql/schema.js';
import { ExceptionFilter } from './exception.filter.js';
import { HealthController } from './health.controller.js';
import { PositionTokens } from './position-tokens.js';
import { ReadinessIndicators } from './readiness-indicators.js';
import { ReportIntake } from './report-intake.js';
import { RootController } from './root.controller.js';

/** Everything that the outside sees: GraphQL, health, and the page at the root. */
@Module({})
export class ApiModule {
  /** For the log with this id. */
  static forLog(storeId: string): DynamicModule {
    const tokens = new PositionTokens(storeId);
    return {
      module: ApiModule,
      imports: [
        CqrsModule,
        RollupModule,
        TerminusModule.forRoot({ logger: false }),
        graphqlModule(tokens),
      ],
      controllers: [HealthController, RootController],
      providers: [
        { provide: APP_FILTER, useClass: ExceptionFilter },
        { provide: PositionTokens, useValue: tokens },
        ReadinessIndicators,
        ReportIntake,
        ...RESOLVERS,
      ],
    };
  }
}
