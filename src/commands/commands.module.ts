import { Module } from '@nestjs/common';
import { CmcdSettlements } from './cmcd-settlements.js';
import { RecordCmcdReportsHandler } from './record-cmcd-reports.handler.js';
import { AdministerProjectionHandler } from './administer-projection.handler.js';
import { EndIdleSessionHandler } from './end-idle-session.handler.js';
import { PlaybackStreams } from './playback-streams.js';
import { RecordStreamingEventsHandler } from './record-streaming-events.handler.js';
import { RegisterMediaHandler } from './register-media.handler.js';
import { ReportStreamingQualityHandler } from './report-streaming-quality.handler.js';

/** The commands. Their ports come from the module that imports this module. */
@Module({
  providers: [
    PlaybackStreams,
    AdministerProjectionHandler,
    CmcdSettlements,
    EndIdleSessionHandler,
    RecordCmcdReportsHandler,
    RecordStreamingEventsHandler,
    RegisterMediaHandler,
    ReportStreamingQualityHandler,
  ],
})
export class CommandsModule {}
