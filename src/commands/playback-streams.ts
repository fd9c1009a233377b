import { Inject, Injectable } from '@nestjs/common';
import type { ChapterClosed, CmcdReported, PlaybackEvent } from '../domain/event.js';
import { isConflicting, sessionOf, type QualityReport } from '../domain/playback-session.js';
import { inNextChapter, sessionChapters } from '../domain/session-chapters.js';
import type { PlaybackSession } from '../domain/session-state.js';
import { reportMemory, streamedSession, type SessionCommand } from '../domain/streamed-session.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { EVENT_STORE, type EventStore } from '../ports/event-store.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import { StreamNames } from './stream-names.js';
import { type CommandOutcome } from './command-outcome.js';
import { StreamWriter } from './stream-writer.js';

/** The streams of playback sessions. */
@Injectable()
export class PlaybackStreams {
  private readonly writer: StreamWriter<
    PlaybackSession,
    SessionCommand,
    PlaybackEvent | CmcdReported,
    ChapterClosed
  >;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(CLOCK) clock: Clock,
    @Inject(IDENTITY) identity: Identity,
    private readonly names: StreamNames,
  ) {
    this.writer = new StreamWriter({
      decider: streamedSession,
      memory: reportMemory,
      chapters: {
        closingType: 'chapter_closed',
        isFull: (session, count) => sessionChapters.isFull(session, count),
        next: inNextChapter,
        close: (session, command, chapter) =>
          sessionChapters.close(session, sessionOf(command), chapter),
      },
      isConflicting,
      // Another node may have gone on with a session that looks as if it were over.
      isDoubtful: ({ kind }) => kind === 'time-out',
      store,
      vocabulary: new LogVocabulary(store, names.meta()),
      clock,
      identity,
      cacheWeightMax: REMEMBERED_BYTES_MAX,
      weigh: ({ eventIds, uncompletedViews, cmcd }) =>
        SESSION_BYTES +
        eventIds.bytes +
        VIEW_BYTES * uncompletedViews.length +
        (cmcd === undefined ? 0 : TRACK_BYTES + REPORT_BYTES * (cmcd.waiting?.length ?? 0)),
    });
  }

  /** Says whether anything was recorded in a session. */
  exists(mediaId: string, sessionId: string): Promise<boolean> {
    return this.writer.exists(this.names.playback(mediaId, sessionId));
  }

  /** Carries out commands on one session, in their order; returns an outcome for each. */
  execute(
    mediaId: string,
    sessionId: string,
    commands: readonly SessionCommand[],
  ): Promise<readonly CommandOutcome<PlaybackSession>[]> {
    const stream = this.names.playback(mediaId, sessionId);
    const later = (chapter: number): string => this.names.playback(mediaId, sessionId, chapter);
    return this.writer.execute({ stream, later }, commands);
  }

  /** Stores a quality report in a stream of its own, which identifies it when it comes again. */
  reportQuality(report: QualityReport): Promise<readonly CommandOutcome[]> {
    const stream = this.names.qualityReport(report.mediaId, report.reportId);
    return this.writer.execute({ stream }, [{ kind: 'report-quality', report }]);
  }
}

/** The memory for all remembered sessions, and that of a session beside its event ids. */
const REMEMBERED_BYTES_MAX = 128 * 2 ** 20;
const SESSION_BYTES = 1_200;
const VIEW_BYTES = 8;
const TRACK_BYTES = 1_500;
const REPORT_BYTES = 600;
