import type { ReportFields } from '../../src/api/report-fields.js';
import { SECOND_MS } from '../../src/domain/time.js';
import { SessionsQuery, type Session } from '../../src/queries/sessions/sessions.query.js';
import {
  TimelineQuery,
  type TimelineConnection,
} from '../../src/queries/sessions/timeline.query.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';
import { testNames } from '../support/test-log.js';

const newServer = memoryServers();
const session = { mediaId: 'm1', sessionId: 's1' };
const at = (second: number): number => NOON + second * SECOND_MS;

/** All sessions, the one that started last first. */
async function sessionsOn(server: MemoryServer): Promise<readonly Session[]> {
  const wanted = {
    range: { from: NOON - 3_600_000, to: NOON + 3_600_000, timeZone: 'UTC' },
    filters: [],
    ...{ userId: undefined, sessionId: undefined, failed: undefined, minRebufferRatio: undefined },
    ...{ orderBy: 'STARTED' as const, first: 100, after: undefined },
  };
  const query = new SessionsQuery(wanted, { media: true }, termsAfter(await server.head()));
  return (await server.query(query)).edges.map(({ node }) => node);
}

const timelineOf = (
  server: MemoryServer,
  { id }: Session,
  first = 100,
  after?: string,
): Promise<TimelineConnection> => server.query(new TimelineQuery(id, first, after, termsAfter()));

const entriesOf = ({ edges }: TimelineConnection) => edges.map(({ node }) => node);

describe('the timeline of a session', () => {
  const reports: readonly ReportFields[] = [
    { ...session, eventType: 'PLAY_REQUESTED', occurredAt: at(0) },
    {
      ...{ ...session, eventType: 'SESSION_START', occurredAt: at(1), quality: '1080p' },
      ...{ userId: 'ann', bytesLoaded: 5, startupTime: 1.25, mediaDuration: 60 },
    },
    // It comes late, and is shown where it was stored.
    { ...session, eventType: 'HEARTBEAT', occurredAt: at(0.5), duration: 0.25 },
    {
      ...{ ...session, eventType: 'PAUSED', occurredAt: at(9), duration: 8 },
      ...{ playedFrom: 0, playedTo: 8 },
    },
    {
      ...{ ...session, eventType: 'SESSION_END', occurredAt: at(20) },
      ...{ endReason: 'FAILED', errorCode: 'net' },
    },
  ];

  async function twoSessions() {
    const server = await newServer();
    server.clock.set(at(30));
    await server.record(...reports);
    await server.record({ mediaId: 'm1', sessionId: 's2', eventType: 'SESSION_START' });
    const [other, one] = await sessionsOn(server);
    if (one === undefined || other === undefined) throw new Error('there are two sessions');
    return { server, one, other };
  }

  it('is its events as the log holds them, in the order in which they were stored', async () => {
    const { server, one, other } = await twoSessions();
    const nothing = { recordedAt: at(30), duration: null, bytes: null, detail: null };
    expect(entriesOf(await timelineOf(server, one))).toEqual([
      { ...nothing, at: at(0), type: 'PLAY_REQUESTED', quality: 'MEDIUM' },
      {
        ...{ ...nothing, at: at(1), type: 'SESSION_START', quality: 'HIGH', bytes: 5 },
        detail: 'quality 1080p, started after 1.25 s, title of 60 s',
      },
      { ...nothing, at: at(0.5), type: 'HEARTBEAT', quality: 'HIGH', duration: 0.25 },
      {
        ...{ ...nothing, at: at(9), type: 'PAUSED', quality: 'HIGH', duration: 8 },
        detail: 'showed 0 s to 8 s',
      },
      { ...nothing, at: at(20), type: 'SESSION_END', quality: 'HIGH', detail: 'FAILED, net' },
    ]);
    expect(JSON.stringify(await timelineOf(server, one))).not.toContain('ann');
    expect(entriesOf(await timelineOf(server, other))).toHaveLength(1);
  });

  it('comes page by page, and knows the cursors of another one', async () => {
    const { server, one, other } = await twoSessions();
    const whole = await timelineOf(server, one);
    expect(whole).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: false } });
    const first = await timelineOf(server, one, 3);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const { endCursor } = first.pageInfo;
    const second = await timelineOf(server, one, 3, endCursor);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect([...first.edges, ...second.edges]).toEqual(whole.edges);
    for (const foreign of [endCursor, 'WzJd', '']) {
      await expect(timelineOf(server, other, 3, foreign)).rejects.toThrow(/^after: is no cursor/);
    }
  });

  it('leaves out what a log of a CDN showed, once the player has told of the view', async () => {
    const server = await newServer();
    server.clock.set(at(30));
    const log = { ...session, fromCdn: true };
    await server.record(
      { ...log, eventType: 'SESSION_START', occurredAt: at(1) },
      { ...log, eventType: 'HEARTBEAT', occurredAt: at(9), duration: 8 },
      { ...log, eventType: 'BUFFERING', occurredAt: at(10) },
    );
    const [one] = await sessionsOn(server);
    if (one === undefined) throw new Error('there is a session');
    const before = await timelineOf(server, one, 2);
    expect(before).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    await server.record(
      { ...session, eventType: 'SESSION_START', occurredAt: at(2) },
      { ...session, eventType: 'HEARTBEAT', occurredAt: at(8), duration: 6 },
    );
    const after = await timelineOf(server, one);
    const types = (timeline: TimelineConnection) => entriesOf(timeline).map(({ type }) => type);
    expect(types(after)).toEqual(['VIEW_WITHDRAWN', 'SESSION_START', 'HEARTBEAT']);
    expect(after.totalCount).toBe(3);
    expect(entriesOf(after)[0]).toMatchObject({
      ...{ duration: null, bytes: null },
      detail: 'a view in a log of a CDN, 8 s watched, stalls: 1',
    });
    // A page that goes on from before goes on in its place.
    const { endCursor } = before.pageInfo;
    expect(types(await timelineOf(server, one, 2, endCursor))).toEqual([
      ...['VIEW_WITHDRAWN', 'SESSION_START'],
    ]);
  });

  it('is that of one view, where a session has several', async () => {
    const server = await newServer();
    const viewed = { mediaId: 'm1', userId: 'ann' };
    for (const second of [0, 10]) {
      await server.record({ ...viewed, eventType: 'SESSION_START', occurredAt: at(second - 60) });
      await server.record({ ...viewed, eventType: 'HEARTBEAT', occurredAt: at(second - 55) });
    }
    const views = await sessionsOn(server);
    const times = await Promise.all(
      views.map(async (view) => entriesOf(await timelineOf(server, view)).map((one) => one.at)),
    );
    expect(times).toEqual([
      [at(-50), at(-45)],
      [at(-60), at(-55)],
    ]);
  });

  it('goes on in the later streams of a session, and shows what nobody can read', async () => {
    const eventStore = new MemoryEventStore();
    const server = await newServer({ eventStore });
    await server.record({ ...session, eventType: 'SESSION_START', occurredAt: at(-60) });
    const [stored] = await eventStore.readStream(testNames.playback('m1', 's1'));
    if (stored === undefined) throw new Error('the start was not stored');
    const { type, version, recordedAt, data } = stored;
    const later = testNames.playback('m1', 's1', 1);
    const events = [
      {
        id: '2b1c7a0e-0000-4000-8000-000000000001',
        type: 'of tomorrow',
        version: 1,
        recordedAt,
        data,
      },
      { id: '2b1c7a0e-0000-4000-8000-000000000002', type, version, recordedAt, data },
    ];
    await eventStore.append([{ stream: later, expectedRevision: -1, events }]);
    const [one] = await sessionsOn(server);
    if (one === undefined) throw new Error('there is a session');
    expect(
      entriesOf(await timelineOf(server, one)).map((entry) => [entry.type, entry.detail]),
    ).toEqual([
      ['SESSION_START', null],
      ['UNREADABLE', 'no way to read a stored of tomorrow of schema version 1'],
      ['SESSION_START', null],
    ]);
  });
});
