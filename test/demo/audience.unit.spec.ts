import { planAudience, sessionCount } from '../../demo/audience.js';
import { catalogue } from '../../demo/catalogue.js';
import { isStall, readRecordings, type StreamingEvent } from '../../demo/recordings.js';
import { replay, replayMs, type PlannedSession } from '../../demo/replay.js';
import { toBatches } from '../../demo/send.js';

const recordings = await readRecordings('examples/sessions');
const nowMs = Date.parse('2026-03-18T14:37:12.345Z');
const dayMs = 86_400_000;
const options = { seed: 7, nowMs, recordings };
const plan = planAudience(options);
const sessions = plan.map(replay);
const events = sessions.flat();

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const seconds = (list: readonly StreamingEvent[]) => sum(list.map((e) => e.duration ?? 0));
const bytes = (list: readonly StreamingEvent[]) => sum(list.map((e) => e.bytesLoaded ?? 0));

describe('the audience of the demo', () => {
  it('is the same for the same seed and another one for another seed', () => {
    expect(planAudience(options)).toEqual(plan);
    expect(planAudience({ ...options, seed: 8 })).not.toEqual(plan);
  });

  it('moves along with the present', () => {
    const later = planAudience({ ...options, nowMs: nowMs + 7 * dayMs });
    const moved = ({ startMs, ...rest }: PlannedSession) => ({ ...rest, at: startMs + 7 * dayMs });
    const kept = ({ startMs, ...rest }: PlannedSession) => ({ ...rest, at: startMs });
    expect(later.map(kept)).toEqual(plan.map(moved));
  });

  it('watches within the last seven days and never in the future', () => {
    const times = events.map(({ occurredAt }) => Date.parse(occurredAt));
    expect(Math.min(...times)).toBeGreaterThan(nowMs - 7 * dayMs + 1_800_000);
    expect(Math.max(...times)).toBeLessThan(nowMs);
  });

  it('watches every title, the first one most, and most of it in the evening', () => {
    const views = catalogue.map(
      ({ mediaId }) => plan.filter((session) => session.mediaId === mediaId).length,
    );
    expect(sum(views)).toBe(sessionCount);
    expect(Math.min(...views)).toBeGreaterThan(0);
    expect(Math.max(...views)).toBe(views[0]);
    const between = (from: number, to: number) =>
      plan.filter(({ startMs }) => {
        const hour = new Date(startMs).getUTCHours();
        return from <= hour && hour < to;
      }).length;
    expect(between(18, 22)).toBeGreaterThan(5 * between(2, 6));
  });

  it('has anonymous viewers among the known ones', () => {
    const anonymous = plan.filter(({ userId }) => userId === undefined).length;
    expect(anonymous / sessionCount).toBeGreaterThan(0.05);
    expect(anonymous / sessionCount).toBeLessThan(0.11);
    expect(new Set(plan.map(({ userId }) => userId)).size).toBeGreaterThan(350);
  });

  it('gives every session an id of its own', () => {
    expect(new Set(plan.map(({ sessionId }) => sessionId)).size).toBe(sessionCount);
  });

  it('of a week before has ids of its own, and leaves the week after alone', () => {
    const hourMs = 3_600_000;
    const before = { ...options, nowMs: nowMs - 7 * dayMs - hourMs, share: 0.5, prefix: 'x-' };
    const earlier = planAudience(before);
    expect(earlier).toHaveLength(sessionCount / 2);
    const ids = new Set([...plan, ...earlier].map(({ sessionId }) => sessionId));
    expect(ids.size).toBe(1.5 * sessionCount);
    const times = earlier
      .map(replay)
      .flatMap((all) => all.map((one) => Date.parse(one.occurredAt)));
    expect(Math.max(...times)).toBeLessThan(nowMs - 7 * dayMs - hourMs);
    expect(Math.min(...times)).toBeGreaterThan(nowMs - 14 * dayMs);
  });

  it('tells which recording is missing', () => {
    const fewer = recordings.filter(({ name }) => name !== 'stalls');
    expect(() => planAudience({ ...options, recordings: fewer })).toThrow('stalls.ndjson');
  });
});

describe('a replayed session', () => {
  it('watches and loads as much more as the title is longer, and stalls as long as it did', () => {
    for (const session of plan.slice(0, 200)) {
      const replayed = replay(session);
      const recorded = session.recording.events;
      const watched = (list: readonly StreamingEvent[]) => list.filter((e) => !isStall(e));
      const rounding = 0.001 * recorded.length;
      expect(
        Math.abs(seconds(watched(replayed)) - session.stretch * seconds(watched(recorded))),
      ).toBeLessThan(rounding);
      expect(Math.abs(bytes(replayed) - session.stretch * bytes(recorded))).toBeLessThan(
        recorded.length,
      );
      expect(seconds(replayed.filter(isStall))).toBe(seconds(recorded.filter(isStall)));
    }
  });

  it('begins when it was planned, goes forward in time and lasts as long as foreseen', () => {
    for (const session of plan.slice(0, 200)) {
      const times = replay(session).map(({ occurredAt }) => Date.parse(occurredAt));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBe(Math.round(session.startMs));
      const lasted = (times.at(-1) ?? 0) - session.startMs;
      expect(Math.abs(lasted - replayMs(session.recording, session.stretch))).toBeLessThan(1);
    }
  });

  it('keeps the order, the kinds, the qualities and the event ids of what was recorded', () => {
    for (const session of plan.slice(0, 50)) {
      const kept = ({ eventId, eventType, quality, endReason }: StreamingEvent) =>
        [eventId, eventType, quality, endReason].join();
      expect(replay(session).map(kept)).toEqual(session.recording.events.map(kept));
    }
  });

  it('stays within the limits of the API', () => {
    for (const { duration = 0, bytesLoaded = 0 } of events) {
      expect(duration >= 0 && duration <= 86_400).toBe(true);
      expect(Number.isSafeInteger(bytesLoaded) && bytesLoaded <= 2 ** 40).toBe(true);
    }
  });
});

describe('batches', () => {
  it('hold every event once, at most 1,000, and never part of a session', () => {
    const batches = toBatches(sessions);
    expect(batches.flat()).toEqual(events);
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    const batchesOf = new Map<string, Set<number>>();
    batches.forEach((batch, index) => {
      for (const { sessionId } of batch) {
        batchesOf.set(sessionId, (batchesOf.get(sessionId) ?? new Set()).add(index));
      }
    });
    expect([...batchesOf.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it('of nobody are none', () => {
    expect(toBatches([])).toEqual([]);
  });
});
