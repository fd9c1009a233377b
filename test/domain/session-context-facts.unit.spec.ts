import type { PlaybackReport } from '../../src/domain/session-events.js';
import { isConflicting, playbackSession } from '../../src/domain/playback-session.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, report, start, timeOut } from '../support/playback.js';

const newSession = new Story(playbackSession);
const implicit = { isImplicit: true };

describe('what a player states of its session', () => {
  const begun = newSession.given(start({ context: { player: 'hls.js 1.7.4', country: 'DE' } }));

  it('is stored with the first event that states it', () => {
    expect(begun.events[0]?.data.context).toEqual({ player: 'hls.js 1.7.4', country: 'DE' });
    begun
      .when(heartbeat({ context: { country: 'FR', cdn: 'a' } }))
      .then('heartbeat', { context: { cdn: 'a' } });
    begun.when(heartbeat({ context: { country: 'FR' } })).then('heartbeat', { context: undefined });
  });

  it('may be stated by any event, as may the length of the title', () => {
    const paused = newSession.given(report('paused', { mediaDurationMs: 60_000 }));
    paused
      .when(start({ context: { live: false }, mediaDurationMs: 50_000 }))
      .then('session_start', { context: { live: false }, mediaDurationMs: undefined });
  });

  it('takes the place of what was filled in, whenever it comes', () => {
    const filled = newSession.given(start({ filled: { country: 'DE', os: 'Linux' } }));
    filled
      .when(heartbeat({ filled: { country: 'FR', browser: 'Firefox' } }))
      .then('heartbeat', { filled: { browser: 'Firefox' } });
    filled
      .when(heartbeat({ context: { country: 'FR' } }))
      .then('heartbeat', { context: { country: 'FR' } });
  });

  it('keeps what the request tells of the same member from being stored', () => {
    const told = { context: { os: 'Tizen' }, filled: { os: 'Linux', browser: 'Chrome' } };
    const filled = { browser: 'Chrome' };
    newSession.when(start(told)).then('session_start', { context: told.context, filled });
    newSession
      .given(start({ context: told.context }))
      .when(heartbeat({ filled: told.filled }))
      .then('heartbeat', { filled });
  });

  it('holds for one view of an implicit session, the first one with what came before it', () => {
    const context = { device: 'TV' } as const;
    const first = newSession.given(report('play_requested', { ...implicit, context }));
    const viewing = first.given(start({ ...implicit, context }));
    expect(viewing.events[1]?.data.context).toBeUndefined();
    viewing.when(start({ ...implicit, context })).then('session_start', { context, view: 1 });
    const second = viewing.given(start(implicit));
    second.when(heartbeat({ ...implicit, context })).then('heartbeat', { context, view: 1 });
  });
});

describe('the view that an event belongs to', () => {
  it('is said of all but the first one, by arrival', () => {
    const story = newSession.given(
      ...[heartbeat(implicit), start(implicit), end(implicit), heartbeat(implicit)],
      ...[start(implicit), heartbeat(implicit), start(implicit), timeOut()],
    );
    const views = story.events.map(({ data }) => data.view);
    const none = undefined;
    expect(views).toEqual([none, none, none, none, 1, 1, 2, 1, 2]);
  });
});

describe('a repetition', () => {
  const told: Partial<PlaybackReport> = {
    ...{ eventId: 'one', context: { os: 'Linux' }, mediaDurationMs: 1_000 },
    ...{ startupMs: 300, playedFromMs: 0, playedToMs: 10 },
  };
  const begun = newSession.given(start(told));

  it('is none of another content, whatever of its context was stored', () => {
    expect(isConflicting(begun.state, start(told))).toBe(false);
    expect(isConflicting(begun.state, start({ ...told, context: { os: 'iOS' } }))).toBe(false);
  });

  it.each([{ startupMs: 301 }, { playedToMs: 11 }, { errorCode: 'E1' }])(
    'that says %j is of another content',
    (other) => {
      expect(isConflicting(begun.state, start({ ...told, ...other }))).toBe(true);
    },
  );
});
