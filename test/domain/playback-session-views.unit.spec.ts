import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import type { PlaybackReport } from '../../src/domain/session-events.js';
import { SESSION_EVENTS_MAX } from '../../src/domain/session-limits.js';
import type { PlaybackSession } from '../../src/domain/session-state.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, qualityReport, report, start } from '../support/playback.js';

const newSession = new Story(playbackSession);
const implicit = { isImplicit: true };

describe('a report', () => {
  it('becomes an event that states all that it does, and what folds need', () => {
    const fields = {
      eventId: 'e1',
      occurredAt: NOON - 5_000,
      label: '1080p',
      viewerId: 'v1',
      durationMs: 4_000,
      bytes: 1_000,
    };
    newSession.when(start(fields)).thenExactly({
      type: 'session_start',
      data: { mediaId: 'm1', sessionId: 's1', ...fields, quality: 'HIGH', open: true },
    });
  });

  it('becomes an event without what it does not state', () => {
    newSession.when(heartbeat({ eventId: 'e1' })).thenExactly({
      type: 'heartbeat',
      data: {
        mediaId: 'm1',
        sessionId: 's1',
        eventId: 'e1',
        occurredAt: NOON,
        quality: 'MEDIUM',
        open: true,
      },
    });
  });

  it.each([
    'session_start',
    'rebuffer_start',
    'rebuffer_end',
    'buffering',
    'quality_changed',
    'heartbeat',
    'playback_error',
    'manifest_generated',
    'session_end',
  ] as const)('of a %s is an event of that type', (type) => {
    newSession.when(report(type)).then(type);
    newSession
      .given(start())
      .when(report(type, { isImplicit: true }))
      .then(type);
  });

  it('whose event id the session has is a duplicate, whatever else it says', () => {
    const story = newSession.given(start({ eventId: 'e1' }), heartbeat({ eventId: 'e2' }));
    story.when(start({ eventId: 'e1' })).thenNothing();
    story.when(heartbeat({ eventId: 'e2', durationMs: 9_000 })).thenNothing();
    story.when(end({ eventId: 'e2' })).thenNothing();
    story.when(heartbeat({ eventId: 'e3' })).then('heartbeat', { eventId: 'e3' });
  });
});

describe('a view', () => {
  it('is a start', () => {
    newSession.when(start()).then('session_start', { completesViewAt: undefined, open: true });
  });

  it('is the only one of an explicit session, so that a second start is a duplicate', () => {
    const story = newSession.given(start());
    story.when(start()).thenNothing();
    story
      .given(heartbeat(), end())
      .when(start({ occurredAt: NOON + 60_000 }))
      .thenNothing();
  });

  it('is one of many in an implicit session', () => {
    const story = newSession.given(start(implicit), start(implicit));
    story.when(start(implicit)).then('session_start', { open: true });
    expect(story.given(start(implicit)).events).toHaveLength(3);
  });

  it('of an implicit session is not counted twice when its report is repeated', () => {
    const first = start({ ...implicit, eventId: 'e1' });
    newSession.given(first, start(implicit)).when(first).thenNothing();
  });

  it('has the viewer whom its start names, and no other', () => {
    const story = newSession.given(start({ viewerId: 'v1' }));
    story.when(heartbeat()).then('heartbeat', { viewerId: undefined });
    story.when(start({ viewerId: 'v2' })).thenNothing();
  });
});

describe('a session', () => {
  const withIds = (count: number): PlaybackSession => {
    let { eventIds } = newSession.state;
    for (let i = 0; i < count; i += 1) eventIds = eventIds.with(String(i));
    return { ...newSession.state, eventIds, viewCount: 1, phase: 'open' };
  };

  it('takes 1,000,000 events, then refuses the next one by name, and knows its duplicates', () => {
    expect(SESSION_EVENTS_MAX).toBe(1_000_000);
    const decide = (session: PlaybackSession, command: PlaybackCommand) =>
      playbackSession.decide(session, command);
    expect(decide(withIds(999_999), heartbeat())).toHaveLength(1);
    const full = withIds(1_000_000);
    for (const command of [heartbeat(), end()]) {
      expect(() => decide(full, command)).toThrow('sessionId: a session takes 1000000 events');
    }
    for (const command of [heartbeat({ eventId: '5' }), start()]) {
      expect(decide(full, command)).toEqual([]);
    }
  });
});

describe('a quality report', () => {
  it('is an event of its own: no view, no bytes, its watch time and its stalls', () => {
    const numbers = { quality: 'ULTRA', bufferingEvents: 3 } as const;
    newSession.when(qualityReport({ reportId: 'r7', watchMs: 90_000, ...numbers })).thenExactly({
      type: 'quality_reported',
      data: {
        mediaId: 'm1',
        sessionId: 'r7',
        eventId: 'r7',
        occurredAt: NOON,
        durationMs: 90_000,
        open: false,
        ...numbers,
      },
    });
  });

  it('sent again under the same id is a duplicate', () => {
    newSession
      .given(qualityReport())
      .when(qualityReport({ watchMs: 1 }))
      .thenNothing();
  });
});

describe('the quality of an event', () => {
  const at = (label: string): Partial<PlaybackReport> => ({ label });

  it('is what its label names', () => {
    newSession.when(start(at('2160p'))).then('session_start', { quality: 'ULTRA' });
  });

  it('is MEDIUM where nothing was said yet, or nothing that is known', () => {
    newSession.when(start()).then('session_start', { quality: 'MEDIUM', label: undefined });
    newSession
      .when(start(at('cinema')))
      .then('session_start', { quality: 'MEDIUM', label: 'cinema' });
  });

  it('is the last of its session where it names none', () => {
    const story = newSession.given(start(at('1080p')), heartbeat());
    story.when(heartbeat()).then('heartbeat', { quality: 'HIGH' });
    story.when(heartbeat(at('cinema'))).then('heartbeat', { quality: 'HIGH', label: 'cinema' });
    story.when(end()).then('session_end', { quality: 'HIGH' });
  });

  it('follows the arrival of reports, not the times that they state', () => {
    const story = newSession.given(
      start(at('480p')),
      report('quality_changed', { ...at('2160p'), occurredAt: NOON + 60_000 }),
      report('quality_changed', { ...at('720p'), occurredAt: NOON + 30_000 }),
    );
    const late = heartbeat({ occurredAt: NOON + 90_000 });
    story.when(late).then('heartbeat', { quality: 'MEDIUM' });
  });

  it('may be AUTO, which is a quality like the others', () => {
    const story = newSession.given(start(at('auto')));
    story.when(heartbeat()).then('heartbeat', { quality: 'AUTO' });
  });

  it('is not changed by a report that is a duplicate', () => {
    const story = newSession.given(start(at('1080p')), start(at('360p')));
    story.when(heartbeat()).then('heartbeat', { quality: 'HIGH' });
  });

  it('outlives a timeout', () => {
    const timedOut = { kind: 'time-out', mediaId: 'm1', sessionId: 's1', idleSince: 9 } as const;
    const story = newSession.given(start(at('1080p')), timedOut);
    story.when(heartbeat()).then('heartbeat', { quality: 'HIGH' });
  });
});
