import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { EndIdleSessionCommand } from '../../src/commands/end-idle-session.command.js';
import { RecordStreamingEventsCommand } from '../../src/commands/record-streaming-events.command.js';
import { RegisterMediaCommand } from '../../src/commands/register-media.command.js';
import { ReportStreamingQualityCommand } from '../../src/commands/report-streaming-quality.command.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { StreamingEventType } from '../../src/api/streaming-event-types.js';
import { MINUTE_MS } from '../../src/domain/time.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { commandSide, identified } from '../support/command-side.js';
import { testNames } from '../support/test-log.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';
import { StoreView } from '../support/store-views.js';

function server(store = new MemoryEventStore()) {
  const clock = new SettableClock(NOON);
  const bus = commandSide(store, clock).asCommandBus();
  const record = (eventType: StreamingEventType, eventId?: string) => {
    const fields = { mediaId: 'm1', sessionId: 's1', eventType, eventId };
    return bus.execute(new RecordStreamingEventsCommand([identified(fields, clock.now())]));
  };
  const endIdle = (idleSince: number) =>
    bus.execute(new EndIdleSessionCommand('m1', 's1', idleSince));
  return { store, clock, bus, record, endIdle };
}

describe('registering a media item', () => {
  it('is stored in the stream of that item, with the time of the server', async () => {
    const { bus, store } = server();
    const answer = await bus.execute(new RegisterMediaCommand('m 1', { title: 'A title' }));
    expect(answer).toEqual({ position: 1, registeredAt: NOON });
    expect(await store.readStream(testNames.media('m 1'))).toMatchObject([
      {
        type: 'media_registered',
        recordedAt: NOON,
        data: { mediaId: 'm 1', title: 'A title', occurredAt: NOON },
      },
    ]);
  });

  it('in the same words again stores nothing, and answers with its position', async () => {
    const { bus, store } = server();
    const command = new RegisterMediaCommand('m1', { title: 'A title' });
    await bus.execute(command);
    await bus.execute(new RegisterMediaCommand('m2', { title: 'Another' }));
    expect(await bus.execute(command)).toEqual({ position: 1, registeredAt: NOON });
    expect(await server(store).bus.execute(command)).toEqual({ position: 1, registeredAt: NOON });
    expect(await store.head()).toBe(2);
  });

  it('in other words is stored behind it, at whatever node', async () => {
    const { bus, store } = server();
    await bus.execute(new RegisterMediaCommand('m1', { title: 'A title' }));
    const other = new RegisterMediaCommand('m1', { title: 'Another' });
    expect(await server(store).bus.execute(other)).toEqual({ position: 2, registeredAt: NOON });
    const events = await store.readStream(testNames.media('m1'));
    expect(events.map(({ data }) => data.title)).toEqual(['A title', 'Another']);
  });

  it('fails with the error of the store', async () => {
    class Unreadable extends StoreView {
      override readStream(): Promise<readonly StoredEvent[]> {
        return Promise.reject(new PlayheadError('STORE_UNAVAILABLE', 'out of reach'));
      }
    }
    const store = new MemoryEventStore();
    await server(store).bus.execute(new RegisterMediaCommand('m1', { title: 'A title' }));
    const bus = commandSide(new Unreadable(store), new SettableClock(NOON)).asCommandBus();
    const command = new RegisterMediaCommand('m1', { title: 'Another' });
    await expect(bus.execute(command)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('a quality report', () => {
  const report = { mediaId: 'm1', quality: 'LOW', bufferingEvents: 3, watchMs: 5_000 } as const;

  it('is stored as it is, now, in a stream of its own', async () => {
    const { bus, store } = server();
    const { reportId, position } = await bus.execute(new ReportStreamingQualityCommand(report));
    expect(position).toBe(1);
    expect(await store.readStream(testNames.qualityReport('m1', reportId))).toMatchObject([
      {
        type: 'quality_reported',
        data: {
          mediaId: 'm1',
          sessionId: reportId,
          eventId: reportId,
          quality: 'LOW',
          bufferingEvents: 3,
          durationMs: 5_000,
          occurredAt: NOON,
          open: false,
        },
      },
    ]);
  });

  it('is stored once by its id, also through another node', async () => {
    const { bus, store } = server();
    const command = new ReportStreamingQualityCommand({ ...report, reportId: 'r1' });
    const first = { reportId: 'r1', position: 1 };
    expect(await bus.execute(command)).toEqual({ ...first, isDuplicate: false });
    expect(await bus.execute(command)).toEqual({ ...first, isDuplicate: true });
    const another = commandSide(store, new SettableClock(NOON)).asCommandBus();
    expect(await another.execute(command)).toEqual({ ...first, isDuplicate: true });
    expect(await store.head()).toBe(1);
  });

  it('lies apart from the session of the same id', () => {
    const stream = testNames.qualityReport('m1', 'r1');
    expect(stream).toMatch(/^playhead-playback-[0-9a-f-]{36}$/);
    expect(stream).not.toBe(testNames.playback('m1', 'r1'));
  });

  it('is always a new one without an id', async () => {
    const { bus, store } = server();
    const command = new ReportStreamingQualityCommand(report);
    const ids = [await bus.execute(command), await bus.execute(command)].map((one) => one.reportId);
    expect(new Set(ids).size).toBe(2);
    expect(await store.head()).toBe(2);
  });
});

describe('ending an idle session', () => {
  it('stores its end at the time of its last event', async () => {
    const { clock, record, endIdle, store } = server();
    await record('SESSION_START');
    clock.advance(10 * MINUTE_MS);
    expect(await endIdle(NOON)).toEqual({ isEnded: true, position: 2 });
    const [, ending] = await store.readStream(testNames.playback('m1', 's1'));
    expect(ending).toMatchObject({
      type: 'session_end',
      recordedAt: NOON + 10 * MINUTE_MS,
      data: { reason: 'TIMEOUT', occurredAt: NOON, open: false },
    });
  });

  it('does nothing where something was recorded since, or where it has ended', async () => {
    const { clock, record, endIdle, store } = server();
    await record('SESSION_START');
    clock.advance(MINUTE_MS);
    await record('HEARTBEAT');
    expect(await endIdle(NOON)).toEqual({ isEnded: false, position: 2 });
    expect(await endIdle(NOON + MINUTE_MS)).toEqual({ isEnded: true, position: 3 });
    expect(await endIdle(NOON + MINUTE_MS)).toEqual({ isEnded: false, position: 3 });
    await record('SESSION_END');
    expect(await endIdle(NOON + MINUTE_MS)).toEqual({ isEnded: false, position: 4 });
    expect(await store.head()).toBe(4);
  });

  it('works as well where nothing is remembered of the session', async () => {
    const { record, store } = server();
    await record('SESSION_START');
    expect(await server(store).endIdle(NOON)).toEqual({ isEnded: true, position: 2 });
  });

  it('does nothing to a session that never was', async () => {
    const { endIdle, store } = server();
    expect(await endIdle(NOON)).toEqual({ isEnded: false, position: 0 });
    expect(await store.head()).toBe(0);
  });

  it('several times in one session has an id of its own each time', async () => {
    const { clock, record, endIdle, store } = server();
    await record('SESSION_START');
    for (let round = 0; round < 3; round += 1) {
      await endIdle(clock.now());
      clock.advance(MINUTE_MS);
      await record('HEARTBEAT');
    }
    const { events } = await store.readAll(0, 100);
    expect(events.map(({ type }) => type).filter((type) => type === 'session_end')).toHaveLength(3);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });
});
