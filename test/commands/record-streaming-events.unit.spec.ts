import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import {
  RecordStreamingEventsCommand,
  type RecordingOutcome,
} from '../../src/commands/record-streaming-events.command.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { commandSide, identified } from '../support/command-side.js';
import { testIdentity, testNames } from '../support/test-log.js';
import { appendStored } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';
import { at } from '../support/times.js';

type Recorded = Extract<RecordingOutcome, { kind: 'recorded' }>;

/** One node on a store, at a time that can be set. */
function node(store = new MemoryEventStore(), clock = new SettableClock(NOON)) {
  const bus = commandSide(store, clock);
  const send = async (...fields: readonly Partial<ReportFields>[]) => {
    const reports = fields.map((some) =>
      identified({ mediaId: 'm1', eventType: 'HEARTBEAT', ...some }, clock.now()),
    );
    return bus.asCommandBus().execute(new RecordStreamingEventsCommand(reports));
  };
  const record = async (...fields: readonly Partial<ReportFields>[]) =>
    (await send(...fields)).map((outcome): Recorded => {
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome;
    });
  return { store, clock, send, record };
}

const sessionIds = async (...fields: readonly Partial<ReportFields>[]) =>
  (await node().record(...fields)).map(({ sessionId }) => sessionId);

/** Whether two reports, sent one after the other, belong to one session. */
async function areOneSession(
  one: Partial<ReportFields>,
  other: Partial<ReportFields>,
): Promise<boolean> {
  return new Set(await sessionIds(one, other)).size === 1;
}

describe('the session of a report', () => {
  it('is the one that it names', async () => {
    expect(await sessionIds({ sessionId: 's1', userId: 'u1' })).toEqual(['s1']);
  });

  it('is that of media, viewer and UTC day where it names none', async () => {
    const mine = { userId: 'u1', occurredAt: at('2026-03-18T00:00:00Z') };
    expect(await areOneSession(mine, { ...mine, occurredAt: NOON })).toBe(true);
    expect(await areOneSession(mine, { ...mine, userId: 'u2' })).toBe(false);
    expect(await areOneSession(mine, { ...mine, mediaId: 'm2' })).toBe(false);
    const yesterday = at('2026-03-17T23:59:59.999Z');
    expect(await areOneSession(mine, { ...mine, occurredAt: yesterday })).toBe(false);
  });

  it('is the same whichever node is told, and whenever', async () => {
    const mine = { userId: 'u1', occurredAt: NOON - HOUR_MS };
    const [here] = await node().record(mine);
    const later = node(undefined, new SettableClock(NOON + 20 * HOUR_MS));
    const [there] = await later.record(mine);
    expect(there?.sessionId).toBe(here?.sessionId);
  });

  it('is that of the day which the player stated, however its clock is corrected', async () => {
    const lastMinute = at('2026-03-17T23:59:30Z');
    const mine = { userId: 'u1', eventId: 'e1', occurredAt: lastMinute };
    const { record, store, clock } = node();
    const [first] = await record({ ...mine, sentAt: NOON });
    clock.advance(10 * MINUTE_MS);
    const [again] = await record({ ...mine, sentAt: NOON });
    expect(again).toMatchObject({ sessionId: first?.sessionId, isDuplicate: true });
    expect(await store.head()).toBe(1);
  });

  it('of an anonymous viewer is one of its own, by its event id', async () => {
    const one = { eventId: 'e1' };
    expect(await areOneSession(one, { ...one, occurredAt: NOON - 48 * HOUR_MS })).toBe(true);
    expect(await areOneSession(one, { eventId: 'e2' })).toBe(false);
    expect(await areOneSession(one, { ...one, mediaId: 'm2' })).toBe(false);
    expect(await areOneSession(one, { ...one, userId: 'u1' })).toBe(false);
  });

  it('of an anonymous viewer without an event id is always another one', async () => {
    expect(await areOneSession({}, {})).toBe(false);
  });

  it('is none that a viewer could be known by', async () => {
    const { store, record } = node();
    await record({ userId: 'somebody@example.org', eventType: 'SESSION_START' });
    expect(JSON.stringify(await store.readAll(0, 10))).not.toContain('somebody');
  });

  it('has a stream of its own, told apart from those of other media', async () => {
    const { store, record } = node();
    await record({ sessionId: 's1' }, { sessionId: 's2' }, { sessionId: 's1', mediaId: 'm2' });
    const { events } = await store.readAll(0, 10);
    expect(new Set(events.map(({ stream }) => stream)).size).toBe(3);
    expect(events.map(({ stream }) => stream)).toContain(testNames.playback('m1', 's1'));
    expect(events.every(({ stream }) => stream.startsWith('playhead-playback-'))).toBe(true);
    expect(testNames.playback('a', 'b')).toBe(
      `playhead-playback-${testIdentity.uuidV5('a\u001fb')}`,
    );
  });
});

describe('a view', () => {
  it('of a named session is one, however often its start is sent', async () => {
    const { record } = node();
    const view = { sessionId: 's1', eventType: 'SESSION_START' } as const;
    const outcomes = await record(view, view);
    expect(outcomes.map(({ isDuplicate }) => isDuplicate)).toEqual([false, true]);
  });

  it('of an implicit session is one for each start', async () => {
    const { record } = node();
    const view = { userId: 'u1', eventType: 'SESSION_START' } as const;
    const outcomes = await record(view, view, { ...view, eventId: 'e1' });
    expect(outcomes.map(({ isDuplicate }) => isDuplicate)).toEqual([false, false, false]);
    const [again] = await record({ ...view, eventId: 'e1' });
    expect(again?.isDuplicate).toBe(true);
  });
});

describe('a request', () => {
  it('is answered report by report, in their order, whatever sessions they belong to', async () => {
    const { record } = node();
    const fields = ['s2', 's1', 's2', 's3', 's1'].map((sessionId, i) => ({
      sessionId,
      eventId: String(i),
    }));
    const outcomes = await record(...fields);
    expect(outcomes.map(({ sessionId, eventId }) => ({ sessionId, eventId }))).toEqual(fields);
  });

  it('gives an event id to a report that has none', async () => {
    const outcomes = await node().record({ sessionId: 's1' }, { sessionId: 's1' });
    const ids = outcomes.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
  });

  it('with the same event twice records it once', async () => {
    const { record, store } = node();
    const beat = { sessionId: 's1', eventId: 'e1' };
    const outcomes = await record(beat, beat, { ...beat, sessionId: 's2' });
    expect(outcomes.map(({ isDuplicate }) => isDuplicate)).toEqual([false, true, false]);
    expect(await store.head()).toBe(2);
  });

  it('refuses what one session does not take, and records the rest', async () => {
    const { send, store } = node();
    const strange = { id: 'x', type: 'ad_break', version: 1, recordedAt: NOON, data: {} };
    const announcement = { ...strange, id: 'y', type: 'vocabulary_extended' };
    const data = { vocabulary: { ad_break: 1 } };
    await appendStored(store, testNames.meta(), { ...announcement, data });
    await appendStored(store, testNames.playback('m1', 's1'), strange);
    const outcomes = await send({ sessionId: 's1' }, { sessionId: 's2' }, { sessionId: 's1' });
    expect(outcomes).toMatchObject([
      { kind: 'refused', error: { code: 'STORE_UNAVAILABLE' } },
      { kind: 'recorded', sessionId: 's2' },
      { kind: 'refused', error: { code: 'STORE_UNAVAILABLE' } },
    ]);
  });

  it('of nothing has no outcomes', async () => {
    expect(await node().send()).toEqual([]);
  });

  it('sent again has a position not lower than before', async () => {
    const { record } = node();
    const fields = [
      { sessionId: 's1', eventId: 'e1' },
      { sessionId: 's2', eventId: 'e1' },
    ];
    const before = await record(...fields);
    await record({ sessionId: 's3' });
    const again = await record(...fields);
    again.forEach(({ isDuplicate, position }, i) => {
      expect(isDuplicate).toBe(true);
      expect(position).toBeGreaterThanOrEqual(before[i]?.position ?? Infinity);
    });
  });
});

describe('a request that is sent again after a restart', () => {
  const view = { sessionId: 's1', eventId: 'e1', eventType: 'SESSION_START' } as const;
  const beat = { sessionId: 's1', eventId: 'e2' } as const;
  const ending = { sessionId: 's1', eventId: 'e3', eventType: 'SESSION_END' } as const;

  it('is recorded once', async () => {
    const { store, record } = node();
    await record(view, beat, ending);
    await node(store).record(view, beat, ending);
    expect(await store.head()).toBe(3);
  });

  it('is told as a duplicate', async () => {
    const { store, record } = node();
    await record(view, beat, ending);
    const outcomes = await node(store).record(view, beat, ending);
    expect(outcomes.map(({ isDuplicate }) => isDuplicate)).toEqual([true, true, true]);
  });

  it('does not move the start of the view, so that its end counts where it started', async () => {
    const { store, record, clock } = node();
    await record(view);
    clock.advance(HOUR_MS);
    const restarted = node(store, clock);
    await restarted.record(view);
    await restarted.record(ending);
    const { events } = await store.readAll(1, 10);
    expect(events).toMatchObject([{ type: 'session_end', data: { completesViewAt: NOON } }]);
  });

  it('does not change the quality at which the session plays', async () => {
    const { store, record } = node();
    await record({ ...view, quality: '1080p' });
    const restarted = node(store);
    await restarted.record({ ...view, quality: '360p' });
    await restarted.record(beat);
    const { events } = await store.readAll(1, 10);
    expect(events).toMatchObject([{ type: 'heartbeat', data: { quality: 'HIGH' } }]);
  });

  it('under an event id used for something else does not start a second view', async () => {
    const { store, record } = node();
    await record(view);
    const restarted = node(store);
    await restarted.record({ sessionId: 's1', eventId: 'e1' });
    const [second] = await restarted.record({ ...view, eventId: 'e9' });
    expect(second?.isDuplicate).toBe(true);
    expect(await store.head()).toBe(1);
  });
});
