import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Requires } from './access/requires.decorator.js';
import { ReadinessIndicators } from './readiness-indicators.js';

/** For whoever watches over the process: `live` restarts it, `ready` sends it requests. */
@Requires('nothing')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: ReadinessIndicators,
  ) {}

  @Get('live')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** 503 while a store is out of reach, a projection is stopped or too far behind. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check(this.indicators.all());
  }
}
