import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
} from '../../src/commands/record-streaming-events.command.js';
import { MINUTE_MS } from '../../src/domain/time.js';
import { testIdentity } from '../support/test-log.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';

/** Two spellings of each id: as one character for é, and as two. */
const CAFE = 'Caf\u00e9';
const CAFE_IN_TWO = 'Cafe\u0301';
const SEANCE = 's\u00e9ance';
const SEANCE_IN_TWO = 'se\u0301ance';
const start = { eventType: 'SESSION_START' } as const;
const end = { eventType: 'SESSION_END' } as const;
const view = { ...start, mediaId: CAFE_IN_TWO, sessionId: SEANCE_IN_TWO, eventId: 'e\u0301' };

const servers = memoryServers();

/** Records a start as it was when ids were taken as they came. */
async function beginAsBefore(
  server: MemoryServer,
  ids: Pick<IdentifiedReport, 'mediaId' | 'sessionId' | 'eventId' | 'viewerId'>,
): Promise<void> {
  const report = { type: 'session_start', ...ids, occurredAt: NOON, statedAt: NOON } as const;
  await server.command(new RecordStreamingEventsCommand([report]));
}

const streamsOf = async (server: MemoryServer): Promise<number> => {
  const { events } = await server.parts.eventStore.readAll(0, 100);
  const streams = events
    .map(({ stream }) => stream)
    .filter((stream) => stream.includes('playback'));
  return new Set(streams).size;
};

describe('two spellings of an id', () => {
  it('are one title, one session, one viewer and one event', async () => {
    const server = await servers();
    const composed = { mediaId: CAFE, sessionId: SEANCE, eventId: '\u00e9', userId: 'Ren\u00e9' };
    await server.record({ ...view, userId: 'Rene\u0301' });
    const [again] = await server.record({ ...start, ...composed });
    expect(again).toMatchObject({ isDuplicate: true, sessionId: SEANCE, eventId: '\u00e9' });
    await server.record({ ...start, ...composed, sessionId: 's2' });
    expect(await server.analytics(CAFE)).toMatchObject({ totalViews: 2, uniqueViewers: 1 });
    expect(await streamsOf(server)).toBe(2);
  });

  it('of an implicit session are one', async () => {
    const server = await servers();
    const viewed = { ...start, mediaId: CAFE_IN_TWO, userId: 'Rene\u0301', eventId: 'e1' };
    await server.record(viewed);
    const [again] = await server.record({ ...viewed, mediaId: CAFE, userId: 'Ren\u00e9' });
    expect(again?.isDuplicate).toBe(true);
  });

  it('that were stored as they came are one title all the same', async () => {
    const server = await servers();
    await beginAsBefore(server, { mediaId: CAFE_IN_TWO, sessionId: 's1' });
    await beginAsBefore(server, { mediaId: CAFE, sessionId: 's2' });
    await server.register(CAFE, { title: 'A coffee' });
    expect((await server.analytics(CAFE)).totalViews).toBe(2);
    const { edges, totalCount } = await server.popular('DAY');
    expect(totalCount).toBe(1);
    expect(edges[0]?.node).toMatchObject({ mediaId: CAFE, title: 'A coffee', viewCount: 2 });
    expect(edges[0]?.node.popularity).toBeCloseTo(2, 9);
  });
});

describe('a session that began when ids were taken as they came', () => {
  it('goes on under the spelling that is sent: its view ends, its events are known', async () => {
    const server = await servers();
    const { mediaId, sessionId, eventId } = view;
    await beginAsBefore(server, { mediaId, sessionId, eventId });
    const [again] = await server.record(view);
    expect(again?.isDuplicate).toBe(true);
    await server.record({ ...end, mediaId, sessionId, duration: 60 });
    expect(await server.analytics(CAFE)).toMatchObject({
      totalViews: 1,
      completionRate: 1,
      averageWatchTime: 60,
    });
    expect(await streamsOf(server)).toBe(1);
  });

  it('is known by an event id alone that was spelled otherwise', async () => {
    const server = await servers();
    await beginAsBefore(server, { mediaId: 'm1', sessionId: 's1', eventId: 'e\u0301' });
    const same = { ...start, mediaId: 'm1', sessionId: 's1' };
    const outcomes = await server.record(
      { ...same, eventId: 'e\u0301' },
      { ...same, eventId: '\u00e9' },
    );
    expect(outcomes.map(({ isDuplicate }) => isDuplicate)).toEqual([true, true]);
  });

  it.each([
    ['a viewer', { viewerId: testIdentity.viewerId('Rene\u0301') }, { userId: 'Rene\u0301' }],
    ['nobody', {}, {}],
  ])('goes on where it is the implicit one of %s', async (_, stored, sent) => {
    const server = await servers();
    await beginAsBefore(server, { mediaId: CAFE_IN_TWO, eventId: 'e1', ...stored });
    const event = { ...start, mediaId: CAFE_IN_TWO, eventId: 'e1', ...sent, occurredAt: NOON };
    const [again] = await server.record(event);
    expect(again?.isDuplicate).toBe(true);
    expect((await server.analytics(CAFE)).totalViews).toBe(1);
  });

  it('ends when it times out', async () => {
    const server = await servers();
    await beginAsBefore(server, view);
    server.clock.advance(6 * MINUTE_MS);
    await server.settled();
    expect((await server.parts.rollup.run(MINUTE_MS)).sessionsTimedOut).toBe(1);
    await server.settled();
    expect((await server.parts.rollup.run(MINUTE_MS)).sessionsTimedOut).toBe(0);
    expect(await streamsOf(server)).toBe(1);
  });

  it('is another one for a player that spells otherwise from then on', async () => {
    const server = await servers();
    await beginAsBefore(server, view);
    await server.record({ ...end, mediaId: CAFE, sessionId: SEANCE, duration: 60 });
    expect(await server.analytics(CAFE)).toMatchObject({ totalViews: 1, averageWatchTime: 60 });
    expect(await streamsOf(server)).toBe(2);
    server.clock.advance(6 * MINUTE_MS);
    await server.settled();
    expect((await server.parts.rollup.run(MINUTE_MS)).sessionsTimedOut).toBe(1);
  });
});
