import { withoutCdnView } from './cdn-view.js';
import { storedTrackOf, trackFrom, type CmcdTrack } from './cmcd/cmcd-track.js';
import { withPlacesOf } from './cmcd/sequence.js';
import { translateAll, type CmcdInput, type DatedFact } from './cmcd/translate.js';
import type { Decider, Memory } from './decider.js';
import { fromBase64 } from './base64.js';
import type {
  ChapterClosed,
  CmcdReported,
  PlaybackEvent,
  Recorded,
  SessionStreamEvent,
} from './event.js';
import { playbackSession, withdrawalOf, type PlaybackCommand } from './playback-session.js';
import { inNextChapter } from './session-chapters.js';
import type { SessionContext } from './session-context.js';
import type { PlaybackReport } from './session-events.js';
import { SESSION_EVENTS_MAX } from './session-limits.js';
import { isHeardOf, NEW_SESSION, type PlaybackSession } from './session-state.js';

/** The sender of CMCD reports, as far as the request tells. */
export interface CmcdSender {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly viewerId?: string;
  readonly context?: SessionContext;
  readonly filled?: SessionContext;
}

/** A command that takes the inputs of a session of CMCD reports, one after the other. */
export interface CmcdCommand extends CmcdSender {
  readonly kind: 'cmcd';
  readonly inputs: readonly Exclude<CmcdInput, { kind: 'finish' }>[];
}

export type SessionCommand = PlaybackCommand | CmcdCommand;

function decide(
  session: PlaybackSession,
  command: SessionCommand,
): readonly (PlaybackEvent | CmcdReported)[] {
  if (command.kind === 'cmcd') return decideCmcd(session, command.inputs, command);
  const hasTrack = command.kind === 'time-out' && session.cmcd !== undefined;
  const isFull = session.eventIds.size >= SESSION_EVENTS_MAX;
  if (!hasTrack || isFull || session.lastRecordedAt > command.idleSince) {
    return playbackSession.decide(session, command);
  }
  const { lastRecordedAt: now } = session;
  const last = decideCmcd(session, [{ kind: 'finish', now }], command);
  const finished = last.reduce(
    (state, event) => evolve(state, { ...event, recordedAt: now }),
    session,
  );
  return [...last, ...playbackSession.decide(finished, command)];
}

/** Decides on the inputs of a session of CMCD reports, fact by fact. */
function decideCmcd(
  session: PlaybackSession,
  inputs: readonly CmcdInput[],
  sender: CmcdSender,
): readonly (PlaybackEvent | CmcdReported)[] {
  const { facts, track, isNews } = translateAll(trackFrom(session.cmcd), inputs);
  if (!isNews) return [];
  const events = withdrawalsOf(session, facts, inputs, sender);
  let state = withoutCdnView(session);
  for (const report of reportsOf(facts, sender)) {
    // What timed out is over: that another one is loaded much later does not end it.
    const isLeft = report.endReason === 'QUIT' && state.phase === 'timed-out';
    if (isLeft) continue;
    const placed = withPlace(state, report);
    for (const event of playbackSession.decide(state, { kind: 'record', report: placed })) {
      events.push(event);
      state = evolve(state, { ...event, recordedAt: session.lastRecordedAt });
    }
  }
  return withTrack(events, track, sender);
}

/** Takes back the view that a log showed, as soon as the player reports anything. */
function withdrawalsOf(
  session: PlaybackSession,
  [fact]: readonly DatedFact[],
  [input]: readonly CmcdInput[],
  ids: CmcdSender,
): PlaybackEvent[] {
  if (session.cdnView === undefined) return [];
  const occurredAt = fact?.at ?? input?.now ?? session.lastRecordedAt;
  return [withdrawalOf(session, { ...ids, occurredAt })];
}

/**
 * Gives a report its view. A wish to play begins a view of its own; the start that follows belongs
 * to that view.
 */
function withPlace(session: PlaybackSession, report: PlaybackReport): PlaybackReport {
  const isNext = report.type === 'play_requested' && isHeardOf(session);
  return isNext ? { ...report, ofView: 'next' } : report;
}

/** Returns facts as reports. Every start of such a session is a view, as in an implicit session. */
function reportsOf(
  facts: readonly DatedFact[],
  { mediaId, sessionId, viewerId, context, filled }: CmcdSender,
): readonly PlaybackReport[] {
  return facts.map(({ id: eventId, at, rendition, bytes, isAsked, ...fact }) => ({
    ...fact,
    ...(isAsked === true && { ofView: 'same' as const }),
    mediaId,
    sessionId,
    isImplicit: true,
    eventId,
    occurredAt: at,
    ...(viewerId !== undefined && { viewerId }),
    ...(context !== undefined && { context }),
    ...(filled !== undefined && { filled }),
    ...(rendition !== undefined && { label: rendition.label, quality: rendition.quality }),
    ...(bytes !== undefined && { bytes, areBytesEstimated: true }),
  }));
}

/** Returns the events with the track after them; without an event, one with the track alone. */
function withTrack(
  events: readonly PlaybackEvent[],
  track: CmcdTrack,
  { mediaId, sessionId }: CmcdSender,
): readonly (PlaybackEvent | CmcdReported)[] {
  const cmcd = storedTrackOf(track);
  const last = events.at(-1);
  if (last === undefined) return [{ type: 'cmcd_reported', data: { mediaId, sessionId, cmcd } }];
  const withLast = { ...last, data: { ...last.data, cmcd } } as PlaybackEvent;
  return [...events.slice(0, -1), withLast];
}

function evolve(session: PlaybackSession, event: Recorded<SessionStreamEvent>): PlaybackSession {
  if (event.type === 'chapter_closed') return afterChapter(session, event);
  if (event.type === 'cmcd_reported') return afterReports(session, event);
  const after = playbackSession.evolve(session, event);
  const { cmcd } = event.data;
  return cmcd === undefined ? after : { ...after, cmcd };
}

function afterChapter(session: PlaybackSession, { data }: ChapterClosed): PlaybackSession {
  const eventIds = session.eventIds.withPacked(fromBase64(data.fingerprints));
  const { view = Math.max(0, data.viewCount - 1) } = data;
  return inNextChapter({ openViews: [], ...data, view, eventIds });
}

const afterReports = (
  { chapter, ...session }: PlaybackSession,
  { data: { cmcd }, recordedAt: lastRecordedAt }: Recorded<CmcdReported>,
): PlaybackSession => ({
  ...session,
  lastRecordedAt,
  cmcd,
  chapter: { ...chapter, events: chapter.events + 1 },
});

/** The decider of a playback session over all its streams, whatever way it is reported. */
export const streamedSession: Decider<
  PlaybackSession,
  SessionCommand,
  PlaybackEvent | CmcdReported,
  SessionStreamEvent
> = { initialState: NEW_SESSION, decide, evolve };

/** Remembers reports that say nothing: without them, the reports that follow would wait. */
export const reportMemory: Memory<PlaybackSession, SessionCommand> = {
  after(session, command) {
    const hasReports = command.kind === 'cmcd' && command.inputs[0]?.kind === 'report';
    if (!hasReports) return session;
    const { track } = translateAll(trackFrom(session.cmcd), command.inputs);
    return { ...session, cmcd: storedTrackOf(track) };
  },
  merged(session, known) {
    if (session.cmcd === undefined || known.cmcd === undefined) return session;
    const track = withPlacesOf(trackFrom(session.cmcd), trackFrom(known.cmcd));
    return { ...session, cmcd: storedTrackOf(track) };
  },
};
