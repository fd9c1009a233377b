import { identify } from '../../src/api/report-intake.js';
import { EndIdleSessionCommand } from '../../src/commands/end-idle-session.command.js';
import { EndIdleSessionHandler } from '../../src/commands/end-idle-session.handler.js';
import { PlaybackStreams } from '../../src/commands/playback-streams.js';
import { RecordStreamingEventsCommand } from '../../src/commands/record-streaming-events.command.js';
import { RecordStreamingEventsHandler } from '../../src/commands/record-streaming-events.handler.js';
import { RegisterMediaCommand } from '../../src/commands/register-media.command.js';
import { RegisterMediaHandler } from '../../src/commands/register-media.handler.js';
import { ReportStreamingQualityCommand } from '../../src/commands/report-streaming-quality.command.js';
import { ReportStreamingQualityHandler } from '../../src/commands/report-streaming-quality.handler.js';
import type { IdentifiedReport } from '../../src/commands/record-streaming-events.command.js';
import { checkReport, type ReportFields } from '../../src/api/report-fields.js';
import type { Clock } from '../../src/ports/clock.js';
import type { EventStore } from '../../src/ports/event-store.js';
import { DirectBus } from './direct-bus.js';
import { testIdentity, testNames } from './test-log.js';

/** The real command handlers on a store, behind a bus. */
export function commandSide(store: EventStore, clock: Clock): DirectBus {
  const streams = new PlaybackStreams(store, clock, testIdentity, testNames);
  return new DirectBus()
    .register(RecordStreamingEventsCommand, new RecordStreamingEventsHandler(streams, testIdentity))
    .register(
      ReportStreamingQualityCommand,
      new ReportStreamingQualityHandler(streams, testIdentity, clock),
    )
    .register(RegisterMediaCommand, new RegisterMediaHandler(store, clock, testIdentity, testNames))
    .register(EndIdleSessionCommand, new EndIdleSessionHandler(streams));
}

/** A report as the API hands it on: checked, its user id turned into a viewer id. */
export function identified(fields: ReportFields, now: number): IdentifiedReport {
  return identify(checkReport(fields, now), testIdentity);
}
