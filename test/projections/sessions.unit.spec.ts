import { sessions } from '../../projections/sessions.js';
import { SESSION } from '../../src/domain/figures/session-places.js';
import { HEARD_OF_IN } from '../../src/domain/figures/session-places.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { PLACE, type Counted } from '../../src/domain/figures/figure-counts.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import {
  ALL_TITLES,
  FIGURES,
  SESSION_VIEWERS,
  STARTUPS,
  WATCHED_MINUTES,
} from '../../src/domain/figures/session-sums.js';
import { bucketOf } from '../../src/domain/figures/startup-buckets.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import { dayOf, HOUR_MS, hourOf, MINUTE_MS, QUARTER_MS } from '../../src/domain/time.js';
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
import { logCreated, project, registered, stored } from '../support/project.js';

const key = SESSION.key('m1', 's1', 0);
const VIEWER = 'AAAAAAAAAAAAAAAAAAAAAA';
const OTHER = 'BBBBBBBBBBBBBBBBBBBBBB';

const eventsOf = (...commands: readonly PlaybackCommand[]): readonly Recorded<PlaybackEvent>[] =>
  new Story(playbackSession).given(...commands).events;
const documentsAfter = (...commands: readonly PlaybackCommand[]): Record<string, unknown> =>
  project(sessions, eventsOf(...commands));
const rowAfter = (...commands: readonly PlaybackCommand[]): SessionRow =>
  documentsAfter(...commands)[key] as SessionRow;
const heardOf = (row: SessionRow): number | undefined =>
  sessions.indexValuesOf(row, key)[HEARD_OF_IN];

/** The place of a session that is over, and was heard of last at 0. */
const OVER = -1;

/** What is counted of a title, by its name. */
function countedIn(
  documents: Record<string, unknown>,
  scope = ALL_TITLES,
  startedAt = NOON,
): Partial<Record<Counted, number>> {
  const day = documents[FIGURES.key(scope, 'day', dayOf(startedAt))] as
    { readonly cells: readonly (readonly number[])[] } | undefined;
  const counts = day?.cells[0] ?? [];
  const named = Object.entries(PLACE).map(([name, place]) => [name, counts[place] ?? 0] as const);
  return Object.fromEntries(named.filter(([, count]) => count !== 0));
}

describe('the sessions to be ended', () => {
  it('are found by the minute in which they were heard of last', () => {
    const recordedAt = NOON + 3 * MINUTE_MS + 7;
    const documents: Record<string, object> = project(sessions, [
      stored('session_start', {}, recordedAt),
    ]);
    const row = documents[key] as SessionRow;
    expect(row.lastRecordedAt).toBe(recordedAt);
    expect(heardOf(row)).toBe(NOON + 3 * MINUTE_MS);
  });

  it.each([
    ['ended', [start(), end()]],
    ['was quit', [start(), end({ endReason: 'QUIT' })]],
    ['failed', [start(), end({ endReason: 'FAILED' })]],
    ['timed out', [start(), timeOut()]],
    ['ended before its start came', [end(), start()]],
    ['got a heartbeat after its end', [start(), end(), heartbeat()]],
  ])('do not have one that %s', (_, commands) => {
    expect(heardOf(rowAfter(...commands))).toBe(OVER);
  });

  it.each([
    ['is not over before its start', [heartbeat()]],
    ['was reopened after a timeout', [start(), timeOut(), heartbeat()]],
    ['was resumed after its end', [start(), end(), report('resumed')]],
  ])('have one that %s', (_, commands) => {
    expect(heardOf(rowAfter(...commands))).toBe(0);
  });

  it('have each view of an implicit session, until they are timed out together', () => {
    const viewed = { isImplicit: true, viewerId: VIEWER };
    const told = [start(viewed), heartbeat(viewed), start(viewed)];
    const heardIn = (documents: Record<string, unknown>) =>
      [0, 1].map((view) => heardOf(documents[SESSION.key('m1', 's1', view)] as SessionRow));
    expect(heardIn(documentsAfter(...told))).toEqual([0, 0]);
    expect(heardIn(documentsAfter(...told, timeOut()))).toEqual([OVER, OVER]);
  });

  it('have none of a session that 0.1.0 stored without numbers of its views', () => {
    const old = [stored('session_start'), stored('session_start', { eventId: 'e2' })];
    const session = old.reduce(
      (state, event) => playbackSession.evolve(state, event),
      playbackSession.initialState,
    );
    const ends = playbackSession
      .decide(session, timeOut())
      .map((event) => ({ ...event, recordedAt: NOON }));
    const documents: Record<string, object> = project(sessions, [...old, ...ends]);
    expect(Object.keys(documents).filter((one) => SESSION.has(one))).toEqual([key]);
    expect(heardOf(documents[key] as SessionRow)).toBe(OVER - NOON);
  });

  it('have none that is over, also where only a late event of it is known', () => {
    const late = stored('heartbeat', { open: false });
    const documents: Record<string, object> = project(sessions, [late]);
    expect(heardOf(documents[key] as SessionRow)).toBe(OVER - NOON);
  });
});

describe('a session', () => {
  it('is told apart by media item and session id together', () => {
    const documents = project(sessions, [
      stored('session_start', { mediaId: 'm1', sessionId: 's1' }),
      stored('session_start', { mediaId: 'm2', sessionId: 's1' }),
      stored('session_start', { mediaId: 'm1', sessionId: 's2' }),
    ]);
    const keys = Object.keys(documents).filter((one) => SESSION.has(one));
    expect(keys).toEqual([key, SESSION.key('m2', 's1', 0), SESSION.key('m1', 's2', 0)]);
  });

  it('counts for its title however that was spelled', () => {
    const documents = project(sessions, [
      stored('session_start', { mediaId: 'm\u0301' }),
      stored('session_start', { mediaId: '\u1e3f' }),
    ]);
    expect(countedIn(documents, '\u1e3f')).toMatchObject({ sessions: 2, views: 2 });
  });

  it('is no quality report, and nothing that is said of media', () => {
    const reports = eventsOf(qualityReport());
    expect(project(sessions, [...reports, registered('m1', 'A title'), logCreated])).toEqual({});
  });

  it('starts at the event time of the first of its events, which never moves', () => {
    const early = heartbeat({ occurredAt: NOON - HOUR_MS });
    expect(rowAfter(start(), early)).toMatchObject({ startedAt: NOON, lastAt: NOON - HOUR_MS });
    expect(rowAfter(early, start())).toMatchObject({ startedAt: NOON - HOUR_MS, lastAt: NOON });
  });

  it('has the quality of its start, else of its first event', () => {
    const low = heartbeat({ label: '360p' });
    expect(rowAfter(low, start({ label: '1080p' })).quality).toBe('HIGH');
    expect(rowAfter(low, heartbeat({ label: '1080p' })).quality).toBe('LOW');
  });

  it('keeps the first stated value of each circumstance, and a filled one until then', () => {
    const filled = { country: 'DE', os: 'Linux' };
    const row = rowAfter(
      start({ filled }),
      heartbeat({ context: { country: 'FR' }, mediaDurationMs: 5 }),
      heartbeat({
        context: { country: 'IT', app: 'A' },
        filled: { os: 'BSD' },
        mediaDurationMs: 6,
      }),
    );
    expect(row.context).toEqual({ country: 'FR', os: 'Linux', app: 'A' });
    expect(row.mediaDurationMs).toBe(5);
  });

  it('begins with new circumstances in each view of an implicit session', () => {
    const viewed = { isImplicit: true, viewerId: VIEWER };
    const documents = documentsAfter(
      start({ ...viewed, context: { country: 'FR' } }),
      start({ ...viewed, context: { app: 'A' } }),
    );
    expect(documents[SESSION.key('m1', 's1', 1)]).toHaveProperty('context', { app: 'A' });
  });

  it('keeps the code of its last failure and of its first error', () => {
    const row = rowAfter(
      start(),
      report('playback_error', { errorCode: 'one' }),
      report('playback_error', { errorCode: 'two' }),
      end({ endReason: 'FAILED', errorCode: 'three' }),
    );
    expect([row.errorCode, row.failureCode]).toEqual(['one', 'three']);
  });
});

describe('what a session did last', () => {
  const paused = report('paused', { durationMs: 5 });
  const stalled = report('rebuffer_start');

  it.each<[string, readonly PlaybackCommand[]]>([
    ['STARTING', [report('play_requested')]],
    ['STARTING', [heartbeat()]],
    ['PLAYING', [report('play_requested'), start()]],
    ['PLAYING', [heartbeat({ durationMs: 5 })]],
    ['PAUSED', [start(), paused]],
    ['PAUSED', [start(), paused, heartbeat()]],
    ['PAUSED', [start(), paused, report('seeked', { durationMs: 5 })]],
    ['PLAYING', [start(), paused, heartbeat({ durationMs: 5 })]],
    ['PLAYING', [start(), paused, report('resumed', { durationMs: 5 })]],
    ['STALLED', [start(), stalled]],
    ['STALLED', [start(), stalled, report('playback_error', { durationMs: 5 })]],
    ['PLAYING', [start(), stalled, report('rebuffer_end', { durationMs: 5 })]],
    ['PLAYING', [start(), stalled, report('buffering', { durationMs: 5 })]],
    ['STARTING', [start(), end({ endReason: 'FAILED' }), report('play_requested')]],
  ])('is %s', (state, commands) => {
    expect(rowAfter(...commands).state).toBe(state);
  });
});

describe('the time of which a session was heard', () => {
  const heard = (occurredAt: number, recordedAt: number) =>
    stored('heartbeat', { occurredAt }, recordedAt);
  const liveAt = (...events: readonly Recorded<PlaybackEvent>[]): unknown => {
    const documents: Record<string, object> = project(sessions, events);
    return (documents[key] as SessionRow).liveAt;
  };

  it('is that at which an event came', () => {
    expect(liveAt(heard(NOON, NOON + 9_000), heard(NOON, NOON + 10_000))).toBe(NOON + 10_000);
  });

  it('is a window after what came later than that', () => {
    expect(liveAt(heard(NOON, NOON + 100_000))).toBe(NOON + 75_000);
  });

  it('does not go back with what happened long ago', () => {
    const late = heard(NOON - 200_000, NOON + 20_000);
    expect(liveAt(heard(NOON, NOON + 10_000), late)).toBe(NOON + 10_000);
  });
});

describe('what is counted of a session', () => {
  const requested = report('play_requested');
  const failure = report('playback_error');
  const failed = end({ endReason: 'FAILED' });
  const watched = (seconds: number): PlaybackCommand => heartbeat({ durationMs: seconds * 1_000 });
  const A_VIEW = { sessions: 1, views: 1, anonymousViews: 1, attempts: 1 };
  const AN_ATTEMPT = { sessions: 1, attempts: 1 };

  it.each<[string, readonly PlaybackCommand[], Partial<Record<Counted, number>>]>([
    ['a view under way', [start()], { ...A_VIEW, open: 1 }],
    [
      'a view of somebody known',
      [start({ viewerId: VIEWER })],
      { ...A_VIEW, open: 1, anonymousViews: 0 },
    ],
    ['a view that ended', [start(), end()], { ...A_VIEW, completedViews: 1 }],
    ['a view whose end came first', [end(), start()], { ...A_VIEW, completedViews: 1 }],
    [
      'a view that ended and goes on',
      [start(), end(), report('resumed')],
      { ...A_VIEW, open: 1, completedViews: 1 },
    ],
    ['a view that was quit', [start(), end({ endReason: 'QUIT' })], A_VIEW],
    ['a view that timed out', [start(), timeOut()], A_VIEW],
    ['a view that failed', [start(), failed], { ...A_VIEW, playbackFailures: 1 }],
    [
      'a view that failed and went on',
      [start(), failed, report('play_requested')],
      { ...A_VIEW, open: 1 },
    ],
    ['a view with an error', [start(), failure], { ...A_VIEW, open: 1 }],
    ['an attempt under way', [requested], { ...AN_ATTEMPT, open: 1 }],
    [
      'an attempt that was given up',
      [requested, timeOut()],
      { ...AN_ATTEMPT, exitsBeforeStart: 1 },
    ],
    [
      'an attempt with an error',
      [requested, failure],
      { ...AN_ATTEMPT, open: 1, startFailures: 1 },
    ],
    ['an attempt that failed', [requested, failed], { ...AN_ATTEMPT, startFailures: 1 }],
    ['an attempt that became a view', [requested, start()], { ...A_VIEW, open: 1 }],
    ['a session that nobody wanted to play', [failure], { sessions: 1, open: 1 }],
    ['29 seconds of a view', [start(), watched(29)], { ...A_VIEW, open: 1, watchedMs: 29_000 }],
    [
      '30 seconds of a view',
      [start(), watched(30)],
      { ...A_VIEW, open: 1, watchedMs: 30_000, qualifiedViews: 1 },
    ],
    [
      'half of a short title',
      [start({ mediaDurationMs: 10_000 }), watched(5)],
      { ...A_VIEW, open: 1, watchedMs: 5_000, qualifiedViews: 1 },
    ],
    ['what was watched before a view', [watched(40)], { sessions: 1, open: 1, watchedMs: 40_000 }],
    [
      'stalls',
      [
        start(),
        report('rebuffer_start', { durationMs: 9 }),
        report('rebuffer_end', { durationMs: 7 }),
        report('buffering', { durationMs: 5 }),
      ],
      { ...A_VIEW, open: 1, stalls: 2, stalledMs: 12 },
    ],
    [
      'seeks and pauses',
      [
        start(),
        report('seeked', { durationMs: 9 }),
        report('paused', { durationMs: 7 }),
        report('resumed', { durationMs: 5 }),
      ],
      { ...A_VIEW, open: 1, watchedMs: 7 },
    ],
    ['bytes', [start({ bytes: 3 }), heartbeat({ bytes: 4 })], { ...A_VIEW, open: 1, bytes: 7 }],
  ])('%s', (_, commands, expected) => {
    const wanted = Object.fromEntries(Object.entries(expected).filter(([, count]) => count !== 0));
    const documents = documentsAfter(...commands);
    expect(countedIn(documents)).toEqual(wanted);
    expect(countedIn(documents, 'm1')).toEqual(wanted);
  });

  it('counts in the quarter of an hour in which it started, whenever that was', () => {
    const occurredAt = NOON + 2 * QUARTER_MS - 1;
    const documents = documentsAfter(start({ occurredAt }), watched(40), end());
    const hour = documents[FIGURES.key('m1', 'hour', hourOf(NOON))] as {
      readonly cells: readonly (readonly number[] | null)[];
    };
    expect(hour.cells.map((counts) => counts?.[PLACE.watchedMs] ?? null)).toEqual([
      ...[null, 40_000, null, null],
    ]);
  });

  it('is each startup time once, and each viewer', () => {
    const documents = documentsAfter(
      start({ viewerId: VIEWER, startupMs: 700 }),
      heartbeat({ viewerId: OTHER }),
    );
    expect(documents[STARTUPS.key('m1', 'day', dayOf(NOON))]).toEqual({
      cells: [{ [bucketOf(700)]: 1 }],
    });
    for (const [span, ms] of [
      ['quarter', QUARTER_MS],
      ['hour', HOUR_MS],
      ['day', 24 * HOUR_MS],
    ] as const) {
      const viewers = documents[SESSION_VIEWERS.key(ALL_TITLES, span, Math.floor(NOON / ms))];
      expect(viewers).toEqual({ hashes: VIEWER.slice(0, 10) });
    }
  });

  it('is each minute in which it was watched or stalled, once', () => {
    const at = (ms: number, durationMs: number): PlaybackCommand =>
      heartbeat({ occurredAt: NOON + ms, durationMs });
    const documents = documentsAfter(
      at(2 * MINUTE_MS, MINUTE_MS), // The second minute alone: its last moment is not watched.
      at(2 * MINUTE_MS + 1, 1),
      at(2 * MINUTE_MS, 1),
      at(0, 1),
    );
    const minutesIn = (hour: number): unknown =>
      documents[WATCHED_MINUTES.key('m1', hour)] ?? 'none';
    expect(minutesIn(hourOf(NOON))).toEqual({
      sessions: [0, 1, 1, ...new Array<number>(57).fill(0)],
    });
    expect(minutesIn(hourOf(NOON) - 1)).toEqual({
      sessions: [...new Array<number>(59).fill(0), 1],
    });
  });
});

describe('views that a release before stored without telling them apart', () => {
  it('count each, completed by ends of their own', () => {
    const viewed = { viewerId: VIEWER };
    const documents = project(sessions, [
      stored('session_start', viewed),
      stored('session_start', viewed),
      stored('session_end', { completesViewAt: NOON }),
    ]);
    expect(countedIn(documents)).toEqual({
      ...{ sessions: 1, views: 2, attempts: 2, completedViews: 1 },
    });
  });
});
