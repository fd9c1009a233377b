import { Module } from '@nestjs/common';
import { BandwidthUsageHandler } from './bandwidth-usage.handler.js';
import { BreakdownHandler } from './figures/breakdown.handler.js';
import { DeliveryHandler } from './delivery.handler.js';
import { FigureReading } from './figures/figure-reading.js';
import { FiguresHandler } from './figures/figures.handler.js';
import { RetentionHandler } from './figures/retention.handler.js';
import { SliceReading } from './figures/slice-reading.js';
import { TimeSeriesHandler } from './figures/time-series.handler.js';
import { FirstEventHandler } from './first-event.handler.js';
import { FreshnessHandler } from './freshness.handler.js';
import { IdleSessionCountHandler, IdleSessionsHandler } from './idle-sessions.handler.js';
import { LiveImages } from './live/live-images.js';
import { LiveLists } from './live/live-lists.js';
import { LiveMinutes } from './live/live-minutes.js';
import { LiveReading } from './live/live-reading.js';
import { LiveHandler, LiveImageHandler } from './live/live.handler.js';
import { MediaListHandler } from './media-list.handler.js';
import { ParkedEventsHandler } from './parked-events.handler.js';
import { PopularStreamsHandler } from './popular-streams.handler.js';
import { ProjectionsHandler } from './projections.handler.js';
import { ReadModels } from './read-models.js';
import { RollupWindowHandler } from './rollup-window.handler.js';
import { RegisteredStreamHandler, StreamHandler } from './stream.handler.js';
import { TimelineHandler } from './sessions/timeline.handler.js';
import { SessionMedia } from './sessions/session-media.js';
import { SessionHandler, SessionsHandler } from './sessions/sessions.handler.js';
import { StreamingAnalyticsHandler } from './streaming-analytics.handler.js';

/** Provides all queries. The module that imports this one provides the ports. */
@Module({
  providers: [
    ReadModels,
    FigureReading,
    SliceReading,
    SessionMedia,
    LiveImages,
    LiveLists,
    LiveMinutes,
    LiveReading,
    BandwidthUsageHandler,
    BreakdownHandler,
    DeliveryHandler,
    FiguresHandler,
    FirstEventHandler,
    FreshnessHandler,
    IdleSessionCountHandler,
    IdleSessionsHandler,
    LiveHandler,
    LiveImageHandler,
    MediaListHandler,
    ParkedEventsHandler,
    PopularStreamsHandler,
    ProjectionsHandler,
    RegisteredStreamHandler,
    RetentionHandler,
    RollupWindowHandler,
    SessionHandler,
    SessionsHandler,
    StreamHandler,
    StreamingAnalyticsHandler,
    TimelineHandler,
    TimeSeriesHandler,
  ],
})
export class QueriesModule {}
