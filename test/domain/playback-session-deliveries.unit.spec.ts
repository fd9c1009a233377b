import { streamedSession } from '../../src/domain/streamed-session.js';
import { isConflicting, playbackSession } from '../../src/domain/playback-session.js';
import { sessionChapters } from '../../src/domain/session-chapters.js';
import { trackFrom } from '../../src/domain/cmcd/cmcd-track.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, report, start, timeOut } from '../support/playback.js';

const newSession = new Story(playbackSession);
const delivered = (fields: Parameters<typeof report>[1] = {}) =>
  report('delivered', { bytes: 1_000, ...fields });
const shown = (type: 'session_start' | 'heartbeat' | 'buffering') =>
  report(type, { isFromCdn: true });
const beat = (fields = {}) => heartbeat({ durationMs: 10_000, bytes: 500, ...fields });

describe('bytes that a CDN delivered', () => {
  it('are of the rendition that is named, and leave the one of the session', () => {
    const watching = newSession.given(start({ label: '1080p' }));
    watching.when(delivered({ label: '540p' })).then('delivered', { quality: 'MEDIUM' });
    watching.when(delivered({ label: '1500 kbps' })).then('delivered', { quality: 'MEDIUM' });
    watching.when(delivered({ label: '8001 kbps' })).then('delivered', { quality: 'ULTRA' });
    watching.when(delivered({ label: 'a rate' })).then('delivered', { quality: 'AUTO' });
    watching.when(delivered()).then('delivered', { quality: 'AUTO', bytes: 1_000 });
    const after = watching.given(delivered({ label: '240p' }));
    after.when(heartbeat()).then('heartbeat', { quality: 'HIGH' });
  });

  it('are the same by another ladder, and others with other bytes', () => {
    const one = delivered({ label: '540p', eventId: 'one' });
    const known = newSession.given(one);
    const again = delivered({ label: '720p', eventId: 'one' });
    known.when(again).thenNothing();
    expect(isConflicting(known.state, again)).toBe(false);
    const other = delivered({ label: '540p', eventId: 'one', bytes: 7 });
    expect(isConflicting(known.state, other)).toBe(true);
  });

  it('count once', () => {
    const one = delivered();
    newSession.given(one).when(one).thenNothing();
  });

  it('neither open, end, prolong nor reopen a session', () => {
    newSession.when(delivered()).then('delivered', { open: false });
    newSession.given(start()).when(delivered()).then('delivered', { open: true });
    const over = newSession.given(start(), end());
    over.when(delivered()).then('delivered', { open: false });
    const left = newSession.given(start(), timeOut());
    left.when(delivered()).then('delivered', { open: false });
    left.given(delivered()).when(timeOut()).thenNothing();

    const later = NOON + 3_600_000;
    const told = newSession.given(start(), delivered({ occurredAt: later }));
    expect(told.state).toMatchObject({ phase: 'open', lastOccurredAt: NOON, lastRecordedAt: 1 });
    // What came since is no sign of the player: it is idle since the tick of its start.
    told.when(timeOut(1)).then('session_end', { reason: 'TIMEOUT', occurredAt: NOON });
  });

  it('are no reason to time out a session of which nothing else is known', () => {
    newSession.given(delivered()).when(timeOut()).thenNothing();
  });

  it('belong to the view at hand', () => {
    const implicit = { isImplicit: true };
    const second = newSession.given(start(implicit), start(implicit));
    second.when(delivered()).then('delivered', { view: 1 });
  });

  it('leave a session as new as it was to its player', () => {
    const known = newSession.given(delivered());
    known.when(start()).then('session_start', { open: true, quality: 'MEDIUM', view: undefined });
    expect(known.given(start()).state).toMatchObject({ viewCount: 1, phase: 'open', view: 0 });
  });
});

describe('a session', () => {
  it('that holds estimated bytes takes none of a CDN', () => {
    const estimated = newSession.given(start(), beat({ areBytesEstimated: true }));
    estimated.when(delivered()).thenRefused('BAD_USER_INPUT', 'CMCD_BYTES=off');
  });

  it('whose player has told its bytes takes none of a CDN', () => {
    newSession.given(start(), beat()).when(delivered()).thenRefused('BAD_USER_INPUT', 'itself');
    const without = newSession.given(start(), beat({ bytes: undefined }), beat({ bytes: 0 }));
    without.when(delivered()).then('delivered');
  });

  it('that holds bytes of a CDN takes none of its player', () => {
    const known = newSession.given(delivered());
    const none = { bytes: undefined, bytesEstimated: undefined };
    known.when(beat()).then('heartbeat', { ...none, durationMs: 10_000 });
    known.when(beat({ areBytesEstimated: true })).then('heartbeat', none);
    known.given(beat()).when(delivered()).then('delivered');
  });

  it.each([
    ['cdn', delivered()],
    ['estimate', beat({ areBytesEstimated: true })],
    ['player', beat()],
  ])('knows in its next chapter who told its bytes: %s', (bytesFrom, command) => {
    const ids = { mediaId: 'm1', sessionId: 's1' };
    const { state } = newSession.given(shown('session_start'), command);
    const { event, state: next } = sessionChapters.close(state, ids, 0);
    const read = streamedSession.evolve(streamedSession.initialState, { ...event, recordedAt: 9 });
    const cdnEvents = bytesFrom === 'cdn' ? 2 : 1;
    expect(next).toMatchObject({ bytesFrom, cdnEvents });
    expect(read).toMatchObject({ bytesFrom, cdnEvents });
  });
});

describe("what a CDN's log shows of a view", () => {
  it('is a view without play states, of a session that no player told of', () => {
    const told = { fromCdn: true, stateless: true, open: true };
    newSession.when(shown('session_start')).then('session_start', told);
    const known = newSession.given(delivered(), shown('session_start'));
    known.when(shown('session_start')).thenNothing();
    known.when(shown('heartbeat')).then('heartbeat', { fromCdn: true, stateless: undefined });
    known.when(shown('buffering')).then('buffering', { fromCdn: true });
    known.when(timeOut()).then('session_end', { reason: 'TIMEOUT' });
  });

  it.each([
    ['start', start()],
    ['heartbeat', heartbeat()],
    ['wish to play', report('play_requested')],
  ])('is left out where a player told of a %s', (_, command) => {
    const reported = newSession.given(delivered(), command);
    for (const type of ['session_start', 'heartbeat', 'buffering'] as const) {
      reported.when(shown(type)).thenNothing();
    }
    reported.when(delivered()).then('delivered');
  });
});

describe("a log's view", () => {
  const known = newSession.given(delivered(), shown('session_start'), shown('heartbeat'));
  const quality = 'MEDIUM';

  it('is withdrawn once its player tells of the session, which then is as new to it', () => {
    const decided = playbackSession.decide(known.state, start({ occurredAt: NOON + 5 }));
    expect(decided.map(({ type, data }) => [type, data.open])).toEqual([
      ['view_withdrawn', false],
      ['session_start', true],
    ]);
    expect(decided[0]?.data).toMatchObject({
      occurredAt: NOON + 5,
      withdrawn: { start: { at: NOON, quality }, parts: [] },
    });
    const told = known.given(start());
    expect(told.state).toMatchObject({ viewCount: 1, phase: 'open', bytesFrom: 'cdn' });
    expect(told.state.cdnView).toBeUndefined();
    told.when(shown('heartbeat')).thenNothing();
    told.when(heartbeat()).then('heartbeat');
    told.when(start()).thenNothing();
  });

  it('is remembered in the next chapter, by the hours and qualities of what was watched', () => {
    const watched = { isFromCdn: true, durationMs: 4_000 } as const;
    const { state } = known.given(
      report('heartbeat', watched),
      report('heartbeat', { ...watched, label: '1080p', occurredAt: NOON + 3_600_000 }),
      report('heartbeat', { ...watched, label: '720p' }),
      shown('buffering'),
    );
    const hour = NOON / 3_600_000;
    const cdnView = {
      start: { at: NOON, quality },
      parts: [
        { hour, quality, watchedMs: 8_000, stalls: 1 },
        { hour: hour + 1, quality: 'HIGH', watchedMs: 4_000, stalls: 0 },
      ],
    };
    expect(state).toMatchObject({ cdnView: { start: cdnView.start } });
    const { event } = sessionChapters.close(state, { mediaId: 'm1', sessionId: 's1' }, 0);
    const read = streamedSession.evolve(streamedSession.initialState, { ...event, recordedAt: 9 });
    const told = playbackSession.decide(read, heartbeat())[0];
    expect(told).toMatchObject({ type: 'view_withdrawn', data: { withdrawn: cdnView } });
  });

  it('has a thousand hours and qualities at most', () => {
    const hours = Array.from({ length: 1_000 }, (_, hour) =>
      report('heartbeat', {
        ...{ isFromCdn: true, durationMs: 1, occurredAt: NOON + hour * 3_600_000 },
      }),
    );
    const full = newSession.given(...hours);
    const more = (at: number) =>
      report('heartbeat', { isFromCdn: true, durationMs: 1, occurredAt: at });
    full.when(more(NOON)).then('heartbeat');
    full.when(more(NOON - 1)).thenRefused('BAD_USER_INPUT', 'hours and qualities');
  });
});

describe('a session of CMCD reports', () => {
  const sender = { mediaId: 'm1', sessionId: 's1' };
  const state = (number: number, at: number, sta: 's' | 'p') =>
    ({
      kind: 'report',
      report: {
        event: 'ps',
        at: NOON + at,
        number,
        state: sta,
        rendition: { label: '540p', quality: 'MEDIUM', kbps: 700 },
      },
      now: NOON + at,
      clockErrorMs: 0,
    }) as const;
  const inputs = [state(0, 0, 's'), state(1, 1_000, 'p'), state(2, 11_000, 'p')];
  const story = new Story(streamedSession as typeof playbackSession);
  const cmcd = (...some: readonly ReturnType<typeof state>[]) =>
    ({ kind: 'cmcd', ...sender, inputs: some }) as never;

  it('begins with its first view where nothing but bytes came before', () => {
    const told = story.given(delivered(), cmcd(...inputs));
    expect(told.state).toMatchObject({ viewCount: 1, view: 0, bytesFrom: 'cdn' });
    expect(trackFrom(told.state.cmcd).mode).toBe('playing');
    const beats = told.events.filter(({ type }) => type === 'heartbeat');
    expect(beats.map(({ data }) => [data.durationMs, data.bytes])).toEqual([[10_000, undefined]]);
  });

  it('takes the place of what a log showed of it, also while it tells no more than that', () => {
    const logged = story.given(delivered(), shown('session_start'), shown('heartbeat'));
    const told = logged.given(cmcd(...inputs));
    const types = told.events.map(({ type }) => type).slice(logged.events.length);
    expect(types).toEqual(['view_withdrawn', 'play_requested', 'session_start', 'heartbeat']);
    expect(told.state).toMatchObject({ viewCount: 1, view: 0, bytesFrom: 'cdn' });
    const idle = { ...state(0, 0, 's'), report: { ...state(0, 0, 's').report, state: undefined } };
    const loaded = logged.given(cmcd(idle as never));
    expect(loaded.events.at(-1)).toMatchObject({ type: 'view_withdrawn', data: { cmcd: {} } });
    expect(loaded.state).toMatchObject({ viewCount: 0, phase: 'new', lastOccurredAt: 0 });
    loaded.when(shown('session_start')).thenNothing();
  });

  it('holds estimated bytes where none came before', () => {
    story
      .given(cmcd(...inputs))
      .when(delivered())
      .thenRefused('BAD_USER_INPUT', 'CMCD_BYTES=off');
  });
});
