import fc from 'fast-check';
import type { PlaybackEvent } from '../../src/domain/event.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import { Story } from '../support/given-when-then.js';
import {
  explicitSession,
  implicitSession,
  playbackHistory,
  type SessionName,
} from '../support/playback-histories.js';

const sessions = [
  ['an explicit session', explicitSession],
  ['an implicit session', implicitSession],
] as const;

const told = (history: readonly PlaybackCommand[]) => new Story(playbackSession).given(...history);

const startsOf = (events: readonly PlaybackEvent[]) =>
  events.filter(({ type }) => type === 'session_start');

const completionsOf = (events: readonly PlaybackEvent[]) =>
  events.flatMap(({ data: { completesViewAt } }) => completesViewAt ?? []);

const endedEnds = (events: readonly PlaybackEvent[]) =>
  events.filter((event) => event.type === 'session_end' && event.data.reason === 'ENDED');

function holds(session: SessionName, check: (history: readonly PlaybackCommand[]) => void): void {
  fc.assert(fc.property(playbackHistory(session), check), { numRuns: 500 });
}

const viewOf = ({ data: { view = 0 } }: PlaybackEvent): number => view;

const isTimeout = (event: PlaybackEvent): boolean =>
  event.type === 'session_end' && event.data.reason === 'TIMEOUT';

function isOpen(event: PlaybackEvent, before: PlaybackEvent | undefined): boolean {
  if (event.type === 'session_end') return false;
  if (event.type === 'play_requested' || event.type === 'resumed') return true;
  const isTimedOut = before?.type === 'session_end' && before.data.reason === 'TIMEOUT';
  return before === undefined || isTimedOut || before.data.open;
}

describe.each(sessions)('whatever happens in %s', (_, session) => {
  it('happens once: decided again on what came of it, each command yields nothing', () => {
    holds(session, (history) => {
      const story = told(history);
      for (const command of history) story.when(command).thenNothing();
      expect(story.given(...history).events).toHaveLength(story.events.length);
    });
  });

  it('happens once, also when everything is repeated on the way', () => {
    holds(session, (history) => {
      const reports = history.filter(({ kind }) => kind === 'record');
      const stuttered = reports.flatMap((command, i) => [command, ...reports.slice(0, i + 1)]);
      const plain = told(reports).events.map(({ type, data }) => ({ type, data }));
      expect(told(stuttered).events.map(({ type, data }) => ({ type, data }))).toEqual(plain);
    });
  });

  it('never are there more completed views than views, at no time', () => {
    holds(session, (history) => {
      const { events } = told(history);
      events.forEach((_event, index) => {
        const sofar = events.slice(0, index + 1);
        const free = startsOf(sofar).map(({ data }) => data.occurredAt);
        for (const completed of completionsOf(sofar)) {
          const place = free.indexOf(completed);
          // Every completion names the start of a view of its own.
          if (place < 0) throw new Error(`nothing to complete at ${String(completed)}`);
          free.splice(place, 1);
        }
      });
    });
  });

  it('one event follows from a report at the most, and timeouts of views that are not over', () => {
    holds(session, (history) => {
      const { events } = told(history);
      const reports = history.filter(({ kind }) => kind !== 'time-out');
      const timeouts = events.filter(isTimeout);
      expect(events.length - timeouts.length).toBeLessThanOrEqual(reports.length);
      const isOpen = new Map<number, boolean>();
      for (const event of events) {
        const { view = 0, open } = event.data;
        if (isTimeout(event)) expect(isOpen.get(view)).toBe(true);
        isOpen.set(view, open);
      }
    });
  });

  it('is over from an end to what reopens it, and after a timeout to any event', () => {
    holds(session, (history) => {
      const { events } = told(history);
      events.forEach((event, index) => {
        const { type, data } = event;
        // Of several views one may have timed out since another one ended.
        const before = events.slice(0, index).findLast((one) => viewOf(one) === viewOf(event));
        // A start whose end came first opens nothing.
        if (type !== 'session_start') expect(data.open).toBe(isOpen(event, before));
      });
    });
  });

  it('is recorded under an event id that the session has once', () => {
    holds(session, (history) => {
      const ids = told(history).events.flatMap(({ data: { eventId } }) => eventId ?? []);
      expect(new Set(ids).size).toBe(ids.length);
    });
  });
});

describe('an explicit session, whatever happens in it', () => {
  it('has at most one view, completed if and only if it was watched to an end', () => {
    holds(explicitSession, (history) => {
      const { events } = told(history);
      const isStarted = startsOf(events).length > 0;
      expect(startsOf(events).length).toBeLessThanOrEqual(1);
      const isCompleted = isStarted && endedEnds(events).length > 0;
      expect(completionsOf(events)).toHaveLength(isCompleted ? 1 : 0);
    });
  });

  it('has the same view and the same completion in whatever order its reports come', () => {
    const shuffled = playbackHistory(explicitSession).chain((history) => {
      const distinct = told(history).events.map(({ data }) => data.eventId);
      const once = history.filter(
        (command, i) =>
          command.kind === 'record' &&
          distinct.includes(command.report.eventId) &&
          history.findIndex(
            (other) => other.kind === 'record' && other.report.eventId === command.report.eventId,
          ) === i,
      );
      const all = { minLength: once.length, maxLength: once.length };
      return fc.tuple(fc.constant(once), fc.shuffledSubarray(once, all));
    });
    fc.assert(
      fc.property(shuffled, ([history, other]) => {
        const [a, b] = [told(history).events, told(other).events];
        expect(startsOf(b)).toHaveLength(startsOf(a).length);
        expect(completionsOf(b)).toHaveLength(completionsOf(a).length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an implicit session, whatever happens in it', () => {
  it('completes as many views as there are ends for them', () => {
    holds(implicitSession, (history) => {
      const { events } = told(history);
      const expected = Math.min(startsOf(events).length, endedEnds(events).length);
      expect(completionsOf(events)).toHaveLength(expected);
    });
  });
});
