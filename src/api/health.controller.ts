import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Requires } from './access/requires.decorator.js';
import { ReadinessIndicators } from './readiness-indicators.js';

/**
 * Answers programs that watch the process. By `live` they decide to restart it, by `ready` to send
 * it requests.
 */
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

  /**
   * Answers 503 while the server ends, a store is out of reach, the clock is wrong, or a projection
   * is stopped, catching up or too far behind.
   */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check(this.indicators.all());
  }
}
