import { LAST_RECORDED_AT, SESSION, sessions } from '../../projections/sessions.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, qualityReport, start, timeOut } from '../support/playback.js';
import { logCreated, project, registered, stored } from '../support/project.js';

const key = SESSION.key('m1', 's1');

const eventsOf = (...commands: readonly PlaybackCommand[]): readonly Recorded<PlaybackEvent>[] =>
  new Story(playbackSession).given(...commands).events;
const openAfter = (...commands: readonly PlaybackCommand[]) =>
  project(sessions, eventsOf(...commands));

describe('the open sessions', () => {
  it('are those that are not over, and when something was recorded in them last', () => {
    const session = { mediaId: 'm1', sessionId: 's1', lastRecordedAt: 2 };
    expect(openAfter(start(), heartbeat({ occurredAt: NOON - 1 }))).toEqual({ [key]: session });
  });

  it.each([
    ['ended', [start(), end()]],
    ['was quit', [start(), end({ endReason: 'QUIT' })]],
    ['failed', [start(), end({ endReason: 'FAILED' })]],
    ['timed out', [start(), timeOut()]],
    ['ended before its start came', [end(), start()]],
    ['got a heartbeat after its end', [start(), end(), heartbeat()]],
    ['is a quality report', [qualityReport()]],
  ])('do not have one that %s', (_, commands) => {
    expect(openAfter(...commands)).toEqual({});
  });

  it('have one that is not over before its start', () => {
    expect(openAfter(heartbeat())).toHaveProperty([key, 'lastRecordedAt'], 1);
  });

  it('have one that was reopened after a timeout', () => {
    expect(openAfter(start(), timeOut(), heartbeat())).toHaveProperty([key, 'lastRecordedAt'], 3);
  });

  it('are told apart by media item and session id together', () => {
    const documents = project(sessions, [
      stored('session_start', { mediaId: 'm1', sessionId: 's1' }),
      stored('session_start', { mediaId: 'm2', sessionId: 's1' }),
      stored('session_end', { mediaId: 'm2', sessionId: 's1' }),
      stored('session_start', { mediaId: 'm1', sessionId: 's2' }),
    ]);
    expect(Object.keys(documents)).toEqual([key, SESSION.key('m1', 's2')]);
  });

  it('are found by when something was recorded in them last', () => {
    const [document] = Object.values(project(sessions, [stored('session_start', {}, 77)]));
    expect(document && sessions.indexValuesOf(document, key)).toEqual({ [LAST_RECORDED_AT]: 77 });
  });

  it('have nothing to do with media being registered', () => {
    expect(project(sessions, [registered('m1', 'A title'), logCreated])).toEqual({});
  });
});
