import { backMs, createLiveAudience, seatCount, tellPast } from '../../demo/live-audience.js';
import { createPeople } from '../../demo/people.js';

const startMs = Date.parse('2026-03-18T14:37:12.345Z');
const stepMs = 10_000;
const steps = 400;

const next = createLiveAudience(7, createPeople(7));
const times = Array.from({ length: steps }, (_, i) => startMs + i * stepMs);
const told = times.map((nowMs) => next(nowMs));
const events = told.flat(2);
const bySession = new Map<string, typeof events>();
for (const event of events) {
  bySession.set(event.sessionId, [...(bySession.get(event.sessionId) ?? []), event]);
}
const sessions = [...bySession.values()];

describe('the viewers of the demo who go on watching', () => {
  it('come one by one, and whoever leaves is followed by another', () => {
    const apart = Math.floor(backMs / stepMs / seatCount);
    const begins = told.filter((_, i) => i % apart === 0);
    expect(begins.slice(0, 3).map(({ length }) => length)).toEqual([1, 2, 3]);
    for (const seats of told.slice(apart * seatCount)) {
      expect(seats).toHaveLength(seatCount);
      expect(seats.every(({ length }) => length > 0)).toBe(true);
    }
    expect(sessions.length).toBeGreaterThan(2 * seatCount);
  });

  it('tell the wish, the start, what they watched and, if they have left, the end', () => {
    for (const session of sessions) {
      const types = session.map(({ eventType }) => eventType);
      expect(types.slice(0, 2)).toEqual(['PLAY_REQUESTED', 'SESSION_START']);
      expect(types.filter((type) => type === 'SESSION_END').length).toBeLessThanOrEqual(1);
      expect([-1, types.length - 1]).toContain(types.indexOf('SESSION_END'));
      expect(new Set(session.map(({ eventId }) => eventId)).size).toBe(session.length);
    }
    const ended = sessions.filter((session) => session.at(-1)?.eventType === 'SESSION_END');
    expect(ended.length).toBeGreaterThanOrEqual(sessions.length - seatCount);
  });

  it('watch and stall no longer than time goes by, and never in the future', () => {
    for (const session of sessions) {
      const [first, last] = [session[1], session.at(-1)].map((event) =>
        Date.parse(event?.occurredAt ?? ''),
      );
      const seconds = session.reduce((sum, { duration = 0 }) => sum + duration, 0);
      expect(seconds).toBeLessThanOrEqual(((last ?? 0) - (first ?? 0)) / 1000 + 1e-6);
    }
    told.forEach((seats, i) => {
      for (const { occurredAt } of seats.flat()) {
        expect(Date.parse(occurredAt)).toBeLessThanOrEqual(times[i] ?? 0);
      }
    });
  });

  it('show the title from its beginning, and nothing beyond its end', () => {
    for (const session of sessions) {
      const mediaDuration = session[1]?.mediaDuration ?? Infinity;
      const shown = session.filter(({ playedTo }) => playedTo !== undefined);
      expect(shown.length > 0 || mediaDuration === Infinity || session.length < 3).toBe(true);
      shown.forEach(({ playedFrom, playedTo = 0 }, i) => {
        expect(playedFrom).toBe(shown[i - 1]?.playedTo ?? 0);
        expect(playedTo).toBeLessThanOrEqual(mediaDuration);
      });
    }
  });

  it('have watched for a while when the replay ends, without a minute in which nobody did', () => {
    const past = tellPast(createLiveAudience(7, createPeople(7)), startMs);
    const minutes = new Map<number, Set<string>>();
    for (const { sessionId, occurredAt, duration = 0 } of past.flat()) {
      if (duration === 0) continue;
      const minute = Math.ceil((startMs - Date.parse(occurredAt)) / 60_000);
      minutes.set(minute, (minutes.get(minute) ?? new Set()).add(sessionId));
    }
    const counts = Array.from({ length: backMs / 60_000 - 1 }, (_, i) => minutes.get(i)?.size ?? 0);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(counts[1]).toBeGreaterThanOrEqual(seatCount);
    expect(past.every((events) => new Set(events.map((one) => one.sessionId)).size === 1)).toBe(
      true,
    );
    const latest = Math.max(...past.flat().map(({ occurredAt }) => Date.parse(occurredAt)));
    expect(startMs - latest).toBeLessThan(stepMs);
  });
});
