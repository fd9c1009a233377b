import { Controller, Get, Header, Inject } from '@nestjs/common';
import { PROJECTION_CONTROL, type ProjectionControl } from '../../ports/projection-control.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import { Requires } from '../access/requires.decorator.js';

/** Answers the server's measurements of itself, in the form that Prometheus reads. */
@Requires('read')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly telemetry: Telemetry,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
  ) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(): Promise<string> {
    this.telemetry.show(await this.control.lag());
    return this.telemetry.registry.metrics();
  }
}
