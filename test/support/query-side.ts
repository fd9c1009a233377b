import { BandwidthUsageHandler } from '../../src/queries/bandwidth-usage.handler.js';
import { BandwidthUsageQuery } from '../../src/queries/bandwidth-usage.query.js';
import { DeliveryHandler } from '../../src/queries/delivery.handler.js';
import { DeliveryQuery } from '../../src/queries/delivery.query.js';
import { BreakdownHandler } from '../../src/queries/figures/breakdown.handler.js';
import { BreakdownQuery } from '../../src/queries/figures/breakdown.query.js';
import { FigureReading } from '../../src/queries/figures/figure-reading.js';
import { FiguresHandler } from '../../src/queries/figures/figures.handler.js';
import {
  FiguresQuery,
  TimeSeriesQuery,
  type AskingTerms,
} from '../../src/queries/figures/figures.query.js';
import { RetentionHandler } from '../../src/queries/figures/retention.handler.js';
import { RetentionQuery } from '../../src/queries/figures/retention.query.js';
import { SliceReading } from '../../src/queries/figures/slice-reading.js';
import { TimeSeriesHandler } from '../../src/queries/figures/time-series.handler.js';
import { FirstEventHandler } from '../../src/queries/first-event.handler.js';
import { FirstEventQuery } from '../../src/queries/first-event.query.js';
import { FreshnessHandler } from '../../src/queries/freshness.handler.js';
import { FreshnessQuery } from '../../src/queries/freshness.query.js';
import {
  IdleSessionCountHandler,
  IdleSessionsHandler,
} from '../../src/queries/idle-sessions.handler.js';
import { IdleSessionCountQuery, IdleSessionsQuery } from '../../src/queries/idle-sessions.query.js';
import { MediaListHandler } from '../../src/queries/media-list.handler.js';
import { MediaListQuery } from '../../src/queries/media-list.query.js';
import { PopularStreamsHandler } from '../../src/queries/popular-streams.handler.js';
import {
  PopularStreamsQuery,
  RegisteredStreamQuery,
  StreamQuery,
} from '../../src/queries/popular-streams.query.js';
import { ProjectionsHandler } from '../../src/queries/projections.handler.js';
import { ProjectionsQuery } from '../../src/queries/projections.query.js';
import { LiveImages } from '../../src/queries/live/live-images.js';
import { LiveLists } from '../../src/queries/live/live-lists.js';
import { LiveMinutes } from '../../src/queries/live/live-minutes.js';
import { LiveReading } from '../../src/queries/live/live-reading.js';
import { LiveHandler, LiveImageHandler } from '../../src/queries/live/live.handler.js';
import { LiveImageQuery, LiveQuery } from '../../src/queries/live/live.query.js';
import type { QuerySettings } from '../../src/queries/query-settings.js';
import { ReadModels } from '../../src/queries/read-models.js';
import { RollupWindowHandler } from '../../src/queries/rollup-window.handler.js';
import { RollupWindowQuery } from '../../src/queries/rollup-window.query.js';
import { RegisteredStreamHandler, StreamHandler } from '../../src/queries/stream.handler.js';
import { SessionMedia } from '../../src/queries/sessions/session-media.js';
import { SessionHandler, SessionsHandler } from '../../src/queries/sessions/sessions.handler.js';
import { SessionQuery, SessionsQuery } from '../../src/queries/sessions/sessions.query.js';
import { TimelineHandler } from '../../src/queries/sessions/timeline.handler.js';
import { TimelineQuery } from '../../src/queries/sessions/timeline.query.js';
import { StreamingAnalyticsHandler } from '../../src/queries/streaming-analytics.handler.js';
import { StreamingAnalyticsQuery } from '../../src/queries/streaming-analytics.query.js';
import type { Clock } from '../../src/ports/clock.js';
import type { ProjectionControl } from '../../src/ports/projection-control.js';
import type { ParkedNotes } from '../../src/ports/parked-notes.js';
import type { SessionLog } from '../../src/ports/session-log.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import { testIdentity } from './test-log.js';
import { DirectBus } from './direct-bus.js';

/** Terms of somebody who pays any price. */
export const termsAfter = (readAfter?: number): AskingTerms => ({
  readAfter,
  charge: () => undefined,
});

export interface QuerySideOptions {
  readonly reader: ReadModelReader;
  readonly control: ProjectionControl;
  readonly clock: Clock;
  readonly settings: QuerySettings;
  readonly sessionLog: SessionLog;
}

/** Takes nothing down. */
export const noNotes: ParkedNotes = { note: () => undefined, notePosition: () => undefined };

/** The real query handlers on read models, behind a bus. */
export function querySide(options: QuerySideOptions): DirectBus {
  const { reader, control, clock, settings, sessionLog } = options;
  const models = new ReadModels(reader, control, noNotes);
  const slices = new SliceReading(models, settings);
  const figures = new FigureReading(models, slices, clock, settings);
  const media = new SessionMedia(models, clock, settings);
  const live = new LiveReading(
    new LiveImages(models, clock, settings),
    new LiveMinutes(models, slices),
    new LiveLists(models, media),
    control,
  );
  return new DirectBus()
    .register(LiveQuery, new LiveHandler(live))
    .register(LiveImageQuery, new LiveImageHandler(live))
    .register(SessionsQuery, new SessionsHandler(figures, slices, media, testIdentity))
    .register(SessionQuery, new SessionHandler(models, media, testIdentity))
    .register(TimelineQuery, new TimelineHandler(sessionLog, testIdentity))
    .register(StreamingAnalyticsQuery, new StreamingAnalyticsHandler(models, clock, settings))
    .register(PopularStreamsQuery, new PopularStreamsHandler(models, clock, testIdentity, settings))
    .register(RegisteredStreamQuery, new RegisteredStreamHandler(models, clock, settings))
    .register(StreamQuery, new StreamHandler(models, clock, settings))
    .register(BandwidthUsageQuery, new BandwidthUsageHandler(models, clock, settings))
    .register(RollupWindowQuery, new RollupWindowHandler(models, clock, settings))
    .register(FiguresQuery, new FiguresHandler(figures))
    .register(TimeSeriesQuery, new TimeSeriesHandler(figures))
    .register(BreakdownQuery, new BreakdownHandler(models, figures, slices, testIdentity))
    .register(RetentionQuery, new RetentionHandler(models, figures, slices))
    .register(DeliveryQuery, new DeliveryHandler(models, clock, settings))
    .register(FirstEventQuery, new FirstEventHandler(models))
    .register(FreshnessQuery, new FreshnessHandler(control))
    .register(MediaListQuery, new MediaListHandler(models, clock, testIdentity, settings))
    .register(IdleSessionCountQuery, new IdleSessionCountHandler(models))
    .register(IdleSessionsQuery, new IdleSessionsHandler(models))
    .register(ProjectionsQuery, new ProjectionsHandler(control));
}
