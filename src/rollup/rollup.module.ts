import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { RollupService } from './rollup.service.js';

/** The scheduled rollup. */
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [RollupService],
  exports: [RollupService],
})
export class RollupModule {}
