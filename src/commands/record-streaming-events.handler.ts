import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { PlaybackReport } from '../domain/session-events.js';
import { KEY_SEPARATOR } from '../domain/document-key.js';
import { isoDayOf } from '../domain/time.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import { bySession, sessionKey } from './by-session.js';
import { PlaybackStreams } from './playback-streams.js';
import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
  type RecordingOutcome,
} from './record-streaming-events.command.js';

@CommandHandler(RecordStreamingEventsCommand)
export class RecordStreamingEventsHandler implements ICommandHandler<RecordStreamingEventsCommand> {
  constructor(
    private readonly streams: PlaybackStreams,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  async execute({ reports }: RecordStreamingEventsCommand): Promise<readonly RecordingOutcome[]> {
    const named = await this.withSessions(reports);
    return bySession(
      named,
      (report) => report,
      ({ mediaId, sessionId }, ofSession) => this.record(mediaId, sessionId, ofSession),
    );
  }

  private async record(
    mediaId: string,
    sessionId: string,
    reports: readonly PlaybackReport[],
  ): Promise<readonly RecordingOutcome[]> {
    const commands = reports.map((report) => ({ kind: 'record', report }) as const);
    const outcomes = await this.streams.execute(mediaId, sessionId, commands);
    return reports.flatMap(({ eventId }, i): RecordingOutcome[] => {
      const outcome = outcomes[i];
      if (outcome === undefined) return [];
      if (outcome.kind === 'refused') return [outcome];
      const { isDuplicate, isConflicting, position } = outcome;
      return [{ kind: 'recorded', eventId, sessionId, isDuplicate, isConflicting, position }];
    });
  }

  /** Gives each report the ids of its session and its event. */
  private async withSessions(
    reports: readonly IdentifiedReport[],
  ): Promise<readonly PlaybackReport[]> {
    const named = reports.map((report) => this.withIds(report));
    const areInNfc = reports.every(({ spelled }) => spelled === undefined);
    return areInNfc ? named : this.asBegun(reports, named);
  }

  /**
   * Returns a report under the ids that its session began with. An earlier release took ids as
   * spelled. A session that began under another spelling than NFC goes on under it. No session
   * begins so any more.
   */
  private asBegun(
    reports: readonly IdentifiedReport[],
    named: readonly PlaybackReport[],
  ): Promise<readonly PlaybackReport[]> {
    const begun = new Map<string, Promise<boolean>>();
    const hasBegun = (mediaId: string, sessionId: string): Promise<boolean> => {
      const key = sessionKey({ mediaId, sessionId });
      const known = begun.get(key) ?? this.streams.exists(mediaId, sessionId);
      begun.set(key, known);
      return known;
    };
    return Promise.all(
      named.map(async (report, index) => {
        const identified = reports[index];
        if (identified?.spelled === undefined) return report;
        const { mediaId, sessionId } = this.withIds({ ...identified, ...identified.spelled });
        return (await hasBegun(mediaId, sessionId)) ? { ...report, mediaId, sessionId } : report;
      }),
    );
  }

  private withIds({ statedAt, ...report }: IdentifiedReport): PlaybackReport {
    const { mediaId, viewerId, sessionId } = report;
    const eventId = report.eventId ?? this.identity.uuidV4();
    if (sessionId !== undefined) return { ...report, eventId, sessionId, isImplicit: false };
    const name =
      viewerId === undefined
        ? ['anonymous', mediaId, eventId]
        : ['viewer', mediaId, viewerId, isoDayOf(statedAt)];
    const implicitId = this.identity.uuidV5(name.join(KEY_SEPARATOR));
    return { ...report, eventId, sessionId: implicitId, isImplicit: true };
  }
}
