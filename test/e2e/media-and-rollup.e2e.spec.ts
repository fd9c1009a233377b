import type { EventInput } from '../support/api-client.js';
import { hoursAgo, iso, withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';

const under = withServer({ SESSION_TIMEOUT_SECONDS: '1' });

describe('a media item that is registered', () => {
  test('is answered as it can be read, with what it had before', async () => {
    const firstEvent = iso(hoursAgo(30));
    const view = { mediaId: 'known', sessionId: 's', quality: '4k', occurredAt: firstEvent };
    await under.client.record({ ...view, eventType: 'SESSION_START' });
    await under.client.record({ ...view, eventType: 'SESSION_END' });
    const stream = await under.newClient().register({
      mediaId: 'known',
      title: 'A title – with “marks” 😀',
      thumbnail: 'https://example.org/poster.png?x=1',
      duration: 5_400.25,
    });
    expect(stream).toEqual({
      id: 'known',
      mediaId: 'known',
      title: 'A title – with “marks” 😀',
      thumbnail: 'https://example.org/poster.png?x=1',
      duration: 5_400.25,
      viewCount: 1,
      quality: 'ULTRA',
      popularity: expect.any(Number) as number,
      createdAt: firstEvent,
    });
    expect(stream.popularity).toBeGreaterThan(0);
    const { edges } = await under.client.popular({ first: 100 });
    const listed = edges.find(({ node }) => node.mediaId === 'known')?.node;
    expect(listed).toEqual({ ...stream, popularity: listed?.popularity });
  });

  test('without a view has none, and was created when it was registered', async () => {
    const from = Date.now();
    const stream = await under.client.register({ mediaId: 'new', title: 'New' });
    expect(stream).toMatchObject({ viewCount: 0, popularity: 0, thumbnail: null, duration: null });
    expect(Date.parse(stream.createdAt)).toBeGreaterThanOrEqual(from);
    expect(Date.parse(stream.createdAt)).toBeLessThanOrEqual(Date.now());
  });

  test('again has what was said last, and nothing of what was said before', async () => {
    const all = { mediaId: 'twice', title: 'First', thumbnail: 'http://host/1', duration: 1 };
    const { createdAt } = await under.client.register(all);
    const stream = await under.client.register({ mediaId: 'twice', title: 'Second' });
    expect(stream).toMatchObject({ title: 'Second', thumbnail: null, duration: null, createdAt });
    expect(await under.client.register(all)).toMatchObject({ ...all, createdAt });
  });

  test('takes the longest title and thumbnail that are allowed', async () => {
    const longest = {
      mediaId: 'longest',
      title: '😀'.repeat(500),
      thumbnail: `https://host/${'x'.repeat(1_987)}`,
      duration: 31 * 86_400,
    };
    expect(await under.client.register(longest)).toMatchObject(longest);
    expect(await under.client.register({ ...longest, duration: 0 })).toMatchObject({ duration: 0 });
  });

  test('many at once are all there', async () => {
    const titles = Array.from({ length: 100 }, (_, i) => `title ${String(i)}`);
    const streams = await Promise.all(
      titles.map((title, i) => under.client.register({ mediaId: `many ${String(i)}`, title })),
    );
    expect(streams.map(({ title }) => title)).toEqual(titles);
  });
});

describe('a media item that is asked for', () => {
  const media = async (mediaId: string, headers = {}): Promise<unknown> => {
    const query = 'query($id: ID!) { media(mediaId: $id) { mediaId title viewCount createdAt } }';
    const { url } = under.server;
    const { data, errors } = await sendGraphql(url, { query, variables: { id: mediaId } }, headers);
    expect(errors).toEqual([]);
    return data?.media;
  };

  test('is null where nothing is known of it', async () => {
    expect(await media('mistyped')).toBeNull();
  });

  test('is there once it is registered, or was heard of', async () => {
    await under.client.register({ mediaId: 'by title', title: 'By title' });
    expect(await media(' by title ')).toMatchObject({ title: 'By title', viewCount: 0 });
    const event = { mediaId: 'by event', sessionId: 's' };
    const { position } = await under.client.record({ ...event, eventType: 'HEARTBEAT' });
    const after = { 'read-after': position };
    expect(await media('by event', after)).toMatchObject({ title: 'by event', viewCount: 0 });
    await under.client.record({ ...event, eventType: 'SESSION_START' });
    const ended = await under.client.record({ ...event, eventType: 'SESSION_END' });
    const afterwards = { 'read-after': ended.position };
    expect(await media('by event', afterwards)).toMatchObject({ viewCount: 1 });
  });
});

test('freshness names a position to read after, and the time up to which all is read', async () => {
  const { position } = await under.client.record({ mediaId: 'fresh', eventType: 'SESSION_END' });
  const before = Date.now();
  const query = `{ freshness { position asOf lagSeconds lagEvents parkedEvents stopped }
    streamingAnalytics(mediaId: "m") { totalViews } popularStreams(first: 1) { totalCount }
    bandwidthUsage(period: HOUR) { cost } }`;
  const read = { 'read-after': position };
  expect((await sendGraphql(under.server.url, { query }, read)).errors).toEqual([]);
  const { data } = await sendGraphql(under.server.url, { query }, read);
  const freshness = data?.freshness as { position: string; asOf: string };
  expect(freshness).toMatchObject({ lagSeconds: 0, lagEvents: 0, parkedEvents: 0, stopped: [] });
  expect(Date.parse(freshness.asOf)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(freshness.asOf)).toBeLessThanOrEqual(Date.now());
  const again = { 'read-after': freshness.position };
  expect((await sendGraphql(under.server.url, { query }, again)).errors).toEqual([]);
});

describe('the rollup', () => {
  const start = (
    sessionId: string,
    mediaId = 'rolled',
  ): Pick<EventInput, 'mediaId' | 'sessionId'> => ({ mediaId, sessionId });

  /** Runs rollups until so many sessions were ended in all; none may end more. */
  async function untilEnded(expected: number): Promise<void> {
    let ended = 0;
    await until(async () => {
      ended += (await under.client.rollup()).sessionsTimedOut;
      return ended >= expected;
    });
    expect(ended).toBe(expected);
    expect((await under.client.rollup()).sessionsTimedOut).toBe(0);
  }

  beforeAll(async () => {
    await until(async () => (await under.client.rollup()).sessionsTimedOut === 0);
  });

  test('ends idle sessions once, without completing their views', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `idle ${String(i)}`);
    const events = ids.map((id) => ({ ...start(id), eventType: 'SESSION_START', duration: 2 }));
    const ended = { ...start('ended'), eventType: 'SESSION_START', duration: 2 };
    await under.client.recordAll([...events, ended, { ...ended, eventType: 'SESSION_END' }]);
    await untilEnded(25);
    const analytics = await under.client.analytics('rolled');
    expect(analytics).toMatchObject({ totalViews: 26, averageWatchTime: 54 / 26 });
    expect(analytics.completionRate).toBeCloseTo(1 / 26, 12);
  });

  test('is not in the way of an end that comes late: it completes the view', async () => {
    await under.client.record({ ...start('idle 0'), eventType: 'SESSION_END' });
    const { completionRate } = await under.client.analytics('rolled');
    expect(completionRate).toBeCloseTo(2 / 26, 12);
    expect((await under.client.rollup()).sessionsTimedOut).toBe(0);
  });

  test('ends a session again that an event has reopened', async () => {
    await under.client.record({ ...start('idle 1'), eventType: 'HEARTBEAT', duration: 1 });
    await untilEnded(1);
  });

  test('leaves a session alone in which something was recorded just now', async () => {
    const eventType = 'SESSION_START';
    // It happened long ago, but idle is what nothing was recorded in.
    const occurredAt = iso(hoursAgo(20));
    await under.client.record({ ...start('alive', 'alive'), eventType, occurredAt });
    expect((await under.client.rollup()).sessionsTimedOut).toBe(0);
    await untilEnded(1);
    expect(await under.client.analytics('alive')).toMatchObject({ totalViews: 1 });
  });

  test('reports the totals of its window', async () => {
    const before = await under.client.rollup();
    const dayBefore = await under.client.rollup(86_400);
    const recent = { mediaId: 'window 1', eventType: 'SESSION_START', bytesLoaded: 1_000 };
    const older = { ...recent, mediaId: 'window 2', occurredAt: iso(hoursAgo(3)) };
    const ancient = { ...recent, mediaId: 'window 3', occurredAt: iso(hoursAgo(50)) };
    await under.client.recordAll([recent, older, ancient]);
    await untilEnded(3);
    const now = Date.now();
    const hour = await under.client.rollup();
    expect(hour).toMatchObject({
      views: before.views + 1,
      bytes: before.bytes + 1_000,
      mediaCount: before.mediaCount + 1,
    });
    const day = await under.client.rollup(86_400);
    expect(day).toMatchObject({
      views: dayBefore.views + 2,
      bytes: dayBefore.bytes + 2_000,
      mediaCount: dayBefore.mediaCount + 2,
    });
    for (const [{ windowStart, windowEnd }, length] of [
      [hour, 3_600],
      [day, 86_400],
    ] as const) {
      const seconds = (Date.parse(windowEnd) - Date.parse(windowStart)) / 1_000;
      expect(seconds).toBeLessThanOrEqual(length);
      expect(seconds).toBeGreaterThan(length - 60);
      expect(Date.parse(windowEnd)).toBeGreaterThanOrEqual(now);
    }
  });

  test('answers with the greatest SafeInt where a sum passes it', async () => {
    const occurredAt = iso(hoursAgo(20 * 24));
    const most = { ...start('greedy'), eventType: 'SESSION_END', bytesLoaded: 2 ** 40, occurredAt };
    // 2^53 bytes and more, in 8,192 events and more.
    for (let round = 0; round < 9; round += 1) {
      await under.client.recordAll(Array.from({ length: 1_000 }, () => most));
    }
    // A rollup does not wait for what was written, this does.
    await under.client.bandwidth('MONTH');
    const { bytes, views } = await under.client.rollup(30 * 86_400);
    expect(bytes).toBe(Number.MAX_SAFE_INTEGER);
    expect(views).toBeGreaterThan(0);
  });

  test('several at once end each session once', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `at once ${String(i)}`);
    await under.client.recordAll(ids.map((id) => ({ ...start(id), eventType: 'SESSION_START' })));
    let ended = 0;
    await until(async () => {
      const reports = await Promise.all(Array.from({ length: 5 }, () => under.client.rollup()));
      ended += reports.reduce((sum, { sessionsTimedOut }) => sum + sessionsTimedOut, 0);
      return ended >= ids.length;
    });
    expect(ended).toBe(ids.length);
  });
});
