import { playbackSession } from '../../src/domain/playback-session.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, start, timeOut } from '../support/playback.js';

const newSession = new Story(playbackSession);
const implicit = { isImplicit: true };
const MINUTE = 60_000;

/** An end's place in time, which the completion must not depend on. */
const late = { occurredAt: NOON + 90 * MINUTE };

describe('a view of an explicit session', () => {
  const watching = newSession.given(start(), heartbeat());

  it('is completed by its end, in the time at which it started', () => {
    watching.when(end(late)).then('session_end', { reason: 'ENDED', completesViewAt: NOON });
    watching
      .when(end({ ...late, endReason: 'ENDED' }))
      .then('session_end', { reason: 'ENDED', completesViewAt: NOON });
  });

  it.each(['QUIT', 'FAILED'] as const)('is not completed when it ends as %s', (endReason) => {
    watching
      .when(end({ endReason }))
      .then('session_end', { reason: endReason, completesViewAt: undefined, open: false });
  });

  it('is completed once, however many ends there are', () => {
    watching.given(end(late)).when(end(late)).then('session_end', { completesViewAt: undefined });
  });

  it('is not completed by a timeout', () => {
    watching
      .when(timeOut())
      .then('session_end', { reason: 'TIMEOUT', completesViewAt: undefined, open: false });
  });

  it('is completed by an end that comes after a timeout', () => {
    watching.given(timeOut()).when(end(late)).then('session_end', { completesViewAt: NOON });
  });

  it('is completed by an end that comes after a timeout and a reopening', () => {
    const reopened = watching.given(timeOut(), heartbeat(), timeOut(), heartbeat());
    reopened.when(end(late)).then('session_end', { completesViewAt: NOON });
  });

  it('is completed from the outset where its end came first', () => {
    const ended = newSession.given(end(late));
    ended.when(start()).then('session_start', { completesViewAt: NOON, open: false });
    ended.given(start()).when(end(late)).then('session_end', { completesViewAt: undefined });
  });

  it('is completed from the outset once, however many ends came first', () => {
    const started = newSession.given(end(late), end(late), start());
    started.when(end(late)).then('session_end', { completesViewAt: undefined });
    started.when(start()).thenNothing();
  });

  it.each(['QUIT', 'FAILED'] as const)(
    'is not completed from the outset where a %s came first',
    (endReason) => {
      newSession
        .given(end({ endReason }))
        .when(start())
        .then('session_start', { completesViewAt: undefined, open: false });
    },
  );

  it('is not completed by what is no end', () => {
    watching.when(heartbeat(late)).then('heartbeat', { completesViewAt: undefined });
  });
});

describe('the views of an implicit session', () => {
  const morning = { ...implicit, occurredAt: NOON - 180 * MINUTE };
  const noon = { ...implicit, occurredAt: NOON };
  const oneAfterTheOther = newSession.given(start(morning), end(implicit), start(noon));

  it('are completed each by its own end', () => {
    expect(oneAfterTheOther.events.map(({ data }) => data.completesViewAt)).toEqual([
      undefined,
      morning.occurredAt,
      undefined,
    ]);
    oneAfterTheOther.when(end(implicit)).then('session_end', { completesViewAt: NOON });
  });

  it('under way together are completed from the latest to the first', () => {
    const both = newSession.given(start(morning), start(noon));
    both.when(end(implicit)).then('session_end', { completesViewAt: NOON });
    both
      .given(end(implicit))
      .when(end(implicit))
      .then('session_end', { completesViewAt: morning.occurredAt });
  });

  it('are completed from the outset by as many ends as came too early', () => {
    const early = newSession.given(end(implicit), end(implicit));
    early.when(start(noon)).then('session_start', { completesViewAt: NOON });
    const one = early.given(start(noon));
    one.when(start(morning)).then('session_start', { completesViewAt: morning.occurredAt });
    const two = one.given(start(morning));
    two.when(start(noon)).then('session_start', { completesViewAt: undefined });
  });

  it('are not completed twice by an end that is repeated', () => {
    const ending = end({ ...implicit, eventId: 'end' });
    newSession.given(start(morning), start(noon), ending).when(ending).thenNothing();
  });
});
