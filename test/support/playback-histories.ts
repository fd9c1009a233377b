import fc from 'fast-check';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import type { PlaybackReport } from '../../src/domain/session-events.js';
import { DEVICE_TYPES, type SessionContext } from '../../src/domain/session-context.js';
import { STREAMING_EVENT_TYPES } from '../../src/api/streaming-event-types.js';
import { DAY_MS } from '../../src/domain/time.js';
import { Story } from './given-when-then.js';
import { NOON } from './playback.js';

/** Which session a history belongs to. */
export interface SessionName {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly isImplicit: boolean;
}

const EVENT_IDS = Array.from({ length: 8 }, (_, i) => `e${String(i)}`);
const VIEWER_IDS = ['q0Zc2l8mT1yRrWv9Xw3sNA', 'b1Zc2l8mT1yRrWv9Xw3sNB', 'c2Zc2l8mT1yRrWv9Xw3sNC'];

/** Starts and ends are as frequent as all the others together. */
const types: fc.Arbitrary<PlaybackReport['type']> = fc.oneof(
  fc.constantFrom('session_start', 'session_end'),
  // What a CDN delivered is not a player's, and may be refused: it has histories of its own.
  fc.constantFrom(...Object.values(STREAMING_EVENT_TYPES).filter((type) => type !== 'delivered')),
);

const contexts: fc.Arbitrary<SessionContext> = fc.record(
  {
    device: fc.constantFrom(...DEVICE_TYPES),
    country: fc.constantFrom('BR', 'DE'),
    live: fc.boolean(),
    custom3: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: [] },
);

/** A report with a good chance of repeating an event id, at any time around noon. */
const reports: fc.Arbitrary<Omit<PlaybackReport, keyof SessionName>> = fc.record(
  {
    type: types,
    eventId: fc.constantFrom(...EVENT_IDS),
    occurredAt: fc.integer({ min: NOON - DAY_MS, max: NOON + DAY_MS }),
    label: fc.constantFrom('360p', '720p', '1080p', '4k', 'auto', 'nonsense'),
    viewerId: fc.constantFrom(...VIEWER_IDS),
    durationMs: fc.oneof(fc.nat(20_000), fc.nat(DAY_MS)),
    bytes: fc.oneof(fc.nat(100), fc.nat(2 ** 30)),
    endReason: fc.constantFrom('ENDED', 'ENDED', 'QUIT', 'FAILED'),
    context: contexts,
    filled: contexts,
    mediaDurationMs: fc.nat(DAY_MS),
    startupMs: fc.nat(600_000),
    errorCode: fc.constantFrom('E1', 'E2'),
    playedFromMs: fc.nat(1_000),
    playedToMs: fc.nat(DAY_MS).map((length) => 1_000 + length),
  },
  { requiredKeys: ['type', 'eventId', 'occurredAt'] },
);

/** What happens in one session, in any order, with repetitions and timeouts. */
export const playbackHistory = (session: SessionName): fc.Arbitrary<readonly PlaybackCommand[]> =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: reports }, { weight: 1, arbitrary: fc.nat(3) }))
    .map((steps) =>
      steps.map((step, ticks): PlaybackCommand => {
        if (typeof step !== 'number') return { kind: 'record', report: { ...session, ...step } };
        const { mediaId, sessionId } = session;
        return { kind: 'time-out', mediaId, sessionId, idleSince: ticks - step };
      }),
    );

export const explicitSession: SessionName = { mediaId: 'm1', sessionId: 's1', isImplicit: false };
export const implicitSession: SessionName = { mediaId: 'm1', sessionId: 's2', isImplicit: true };

const SESSIONS: readonly SessionName[] = [
  explicitSession,
  implicitSession,
  { mediaId: 'm1', sessionId: 's3', isImplicit: false },
  { mediaId: 'm2', sessionId: 's1', isImplicit: false },
  { mediaId: 'm2', sessionId: 's4', isImplicit: true },
];

/** The events of some sessions, those of each in the order of their recording. */
export const recordedSessions: fc.Arbitrary<readonly (readonly Recorded<PlaybackEvent>[])[]> = fc
  .tuple(...SESSIONS.map(playbackHistory))
  .map((histories) =>
    histories.map((history) =>
      new Story(playbackSession).given(...history).events.map((event) => {
        // Stored after all of it happened.
        return { ...event, recordedAt: NOON + DAY_MS + event.recordedAt };
      }),
    ),
  );

/** Those events in one log: mixed at random, each session's own in their order. */
export const recordedLog: fc.Arbitrary<readonly Recorded<PlaybackEvent>[]> =
  recordedSessions.chain(interleavings);

/** Some sessions and two logs, each with all of their events mixed in another way. */
export const twoLogs: fc.Arbitrary<
  readonly [readonly Recorded<PlaybackEvent>[], readonly Recorded<PlaybackEvent>[]]
> = recordedSessions.chain((sessions) =>
  fc.tuple(interleavings(sessions), interleavings(sessions)),
);

function interleavings(
  sessions: readonly (readonly Recorded<PlaybackEvent>[])[],
): fc.Arbitrary<readonly Recorded<PlaybackEvent>[]> {
  const turns = sessions.flatMap((events, session) => events.map(() => session));
  const all = { minLength: turns.length, maxLength: turns.length };
  return fc.shuffledSubarray(turns, all).map((order) => {
    const rests = sessions.map((events) => [...events]);
    return order.flatMap((session) => rests[session]?.splice(0, 1) ?? []);
  });
}
