import { playbackSession } from '../../src/domain/playback-session.js';
import { OPEN_VIEWS_MAX } from '../../src/domain/session-limits.js';
import { Story } from '../support/given-when-then.js';
import {
  end,
  heartbeat,
  NOON,
  qualityReport,
  report,
  start,
  timeOut,
} from '../support/playback.js';

const newSession = new Story(playbackSession);
const implicit = { isImplicit: true };

const open = { open: true };
const closed = { open: false };

describe('a session', () => {
  it('is open from its start to its end', () => {
    newSession.when(start()).then('session_start', open);
    const watching = newSession.given(start());
    watching.when(heartbeat()).then('heartbeat', open);
    watching.when(end()).then('session_end', closed);
  });

  it.each(['ENDED', 'QUIT', 'FAILED'] as const)('is closed by an end as %s', (endReason) => {
    const ended = newSession.given(start(), end({ endReason }));
    expect(ended.events.at(-1)?.data.open).toBe(false);
    ended.when(heartbeat()).then('heartbeat', closed);
  });

  it('is not over before its start', () => {
    newSession.when(heartbeat()).then('heartbeat', open);
    newSession.when(report('play_requested')).then('play_requested', open);
    newSession.given(heartbeat()).when(start()).then('session_start', open);
  });

  it('is over where an attempt ends without a view', () => {
    const failed = newSession.given(report('play_requested'), end({ endReason: 'FAILED' }));
    failed.when(heartbeat()).then('heartbeat', closed);
    failed.when(start()).then('session_start', closed);
  });

  it.each(['play_requested', 'resumed'] as const)('that is over goes on with %s', (type) => {
    const again = newSession.given(start(), end(), report(type));
    again.when(heartbeat()).then('heartbeat', open);
    again.when(end()).then('session_end', { ...closed, completesViewAt: undefined });
    again.given(end()).when(heartbeat()).then('heartbeat', closed);
  });

  it('that goes on before its start is started', () => {
    const again = newSession.given(end(), report('play_requested'));
    again.when(start()).then('session_start', { ...open, completesViewAt: NOON });
  });

  it.each(['heartbeat', 'paused', 'seeked', 'playback_error', 'quality_changed'] as const)(
    'that is over does not go on with a late %s',
    (type) => {
      newSession.given(start(), end()).when(report(type)).then(type, closed);
    },
  );

  it('is not opened by a start whose end came first', () => {
    const ended = newSession.given(end(), heartbeat());
    ended.when(start()).then('session_start', closed);
    ended.given(start()).when(heartbeat()).then('heartbeat', closed);
  });

  it('is opened again by the next view where it is implicit', () => {
    const ended = newSession.given(start(implicit), end(implicit));
    ended.when(start(implicit)).then('session_start', open);
  });

  it('is opened again by the next view where it is implicit, also by one that is completed', () => {
    const ended = newSession.given(start(implicit), end(implicit), end(implicit));
    ended.when(start(implicit)).then('session_start', { ...open, completesViewAt: NOON });
  });

  it('is never opened by a quality report', () => {
    newSession.when(qualityReport()).then('quality_reported', closed);
  });
});

describe('a timeout', () => {
  it('ends an open session at the time of its last event', () => {
    const watching = newSession.given(
      start({ occurredAt: NOON }),
      heartbeat({ occurredAt: NOON + 60_000, label: '1080p' }),
      heartbeat({ occurredAt: NOON + 30_000 }),
    );
    watching.when(timeOut()).thenExactly({
      type: 'session_end',
      data: {
        mediaId: 'm1',
        sessionId: 's1',
        occurredAt: NOON + 60_000,
        quality: 'HIGH',
        open: false,
        reason: 'TIMEOUT',
      },
    });
  });

  it.each([
    ['without a start', newSession.given(heartbeat())],
    ['of which nothing is known but the wish to play', newSession.given(report('play_requested'))],
    ['that went on', newSession.given(start(), end(), report('resumed'))],
  ])('ends a session %s', (_, story) => {
    story.when(timeOut()).then('session_end', { reason: 'TIMEOUT', open: false });
  });

  it('ends each view that is not over, where a session has several', () => {
    const again = [end(implicit), report('play_requested', implicit), start(implicit)];
    const story = newSession.given(start(implicit), start(implicit), ...again, start(implicit));
    const ended = story.given(timeOut(), timeOut());
    const timeouts = ended.events.slice(story.events.length);
    expect(timeouts.map(({ data: { view = 0, open } }) => [view, open])).toEqual([
      ...[
        [0, false],
        [1, false],
        [2, false],
        [3, false],
      ],
    ]);
    ended.when(heartbeat(implicit)).then('heartbeat', { view: 3, open: true });
  });

  it('ends the oldest view that is not over when too many are, and a further one begins', () => {
    const starts = Array.from({ length: OPEN_VIEWS_MAX + 1 }, () => start(implicit));
    const story = newSession.given(...starts);
    expect(story.events).toHaveLength(OPEN_VIEWS_MAX + 1);
    const next = story.given(start(implicit)).events.slice(story.events.length);
    expect(next.map(({ type, data }) => [type, data.view ?? 0])).toEqual([
      ['session_end', 0],
      ['session_start', OPEN_VIEWS_MAX + 1],
    ]);
  });

  it('leaves a session alone that recorded something since', () => {
    const watching = newSession.given(start(), heartbeat());
    watching.when(timeOut(1)).thenNothing();
    watching.when(timeOut(2)).then('session_end');
  });

  it('goes by when something was recorded, not by when it happened', () => {
    const watching = newSession.given(start(), heartbeat({ occurredAt: 0 }));
    watching.when(timeOut(1)).thenNothing();
  });

  it.each([
    ['that is new', newSession],
    ['that has ended', newSession.given(start(), end())],
    ['that was quit', newSession.given(start(), end({ endReason: 'QUIT' }))],
    ['that timed out already', newSession.given(start(), timeOut())],
    ['whose end came first', newSession.given(end(), start())],
    ['of a quality report', newSession.given(qualityReport())],
  ])('does nothing to a session %s', (_, story) => {
    story.when(timeOut()).thenNothing();
  });

  it('is undone by the next event, which reopens the session', () => {
    const timedOut = newSession.given(start(), timeOut());
    timedOut.when(heartbeat()).then('heartbeat', open);
    timedOut.given(heartbeat()).when(timeOut()).then('session_end', { reason: 'TIMEOUT' });
  });

  it('is followed by the real end, which closes the session', () => {
    const timedOut = newSession.given(start(), timeOut());
    timedOut.when(end()).then('session_end', { reason: 'ENDED', ...closed });
    timedOut.given(end()).when(heartbeat()).then('heartbeat', closed);
  });

  it('does not let an explicit session start again', () => {
    newSession.given(start(), timeOut()).when(start()).thenNothing();
  });

  it('lets an implicit session start again', () => {
    const timedOut = newSession.given(start(implicit), timeOut());
    timedOut.when(start(implicit)).then('session_start', open);
  });

  it('does not count among the events that a session may take', () => {
    const rounds = Array.from({ length: 20 }, () => [heartbeat(), timeOut()]).flat();
    const story = newSession.given(start(), ...rounds);
    expect(story.state.eventIds.size).toBe(21);
    expect(story.events).toHaveLength(41);
  });
});
