import type { EventInput, Receipt } from '../support/api-client.js';
import { hoursAgo, iso, withServer } from '../support/e2e.js';

const under = withServer();

const time = iso(hoursAgo(2));
const sessions: readonly (readonly [string, Partial<EventInput>])[] = [
  ['with a session', { sessionId: 's', userId: 'u' }],
  ['with a session and a time', { sessionId: 's', userId: 'u', occurredAt: time }],
  ['without a session, of a viewer', { userId: 'u', occurredAt: time }],
  ['without a session, anonymous', { occurredAt: time }],
];
const startOf = (mediaId: string, fields: Partial<EventInput>): EventInput => ({
  mediaId,
  eventType: 'SESSION_START',
  eventId: 'e1',
  duration: 10,
  bytesLoaded: 1_000,
  ...fields,
});

describe('a request that is repeated', () => {
  test.each(sessions)('counts once: %s', async (title, fields) => {
    const mediaId = `one ${title}`;
    const input = startOf(mediaId, fields);
    const first = await under.client.record(input);
    expect(first).toMatchObject({ duplicate: false, eventId: 'e1' });
    for (let i = 0; i < 3; i += 1) {
      expect(await under.client.record(input)).toEqual({ ...first, duplicate: true });
    }
    expect(await under.client.analytics(mediaId)).toMatchObject({
      totalViews: 1,
      averageWatchTime: 10,
    });
  });

  test.each(sessions)('counts once in whatever batch it comes: %s', async (title, fields) => {
    const mediaId = `batch ${title}`;
    const first = startOf(mediaId, fields);
    const second = { ...first, eventId: 'e2', eventType: 'HEARTBEAT' };
    const third = { ...first, eventId: 'e3', eventType: 'REBUFFER_START' };
    const batches: readonly (readonly [EventInput[], number, number])[] = [
      [[first, second, first], 2, 1],
      [[first, second, first], 0, 3],
      [[second, third], 1, 1],
      [[third, second, first], 0, 3],
    ];
    for (const [inputs, accepted, duplicates] of batches) {
      expect(await under.client.recordAll(inputs)).toMatchObject({ accepted, duplicates });
    }
    expect(await under.client.analytics(mediaId)).toMatchObject({
      totalViews: 1,
      averageWatchTime: 20,
      bufferingEvents: 1,
    });
  });

  test('many times at once counts once', async () => {
    const input = startOf('at once', { sessionId: 's' });
    const receipts = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        i % 2 === 0
          ? under.client.record(input)
          : under.client.recordAll([input]).then(({ duplicates }) => ({ duplicate: !!duplicates })),
      ),
    );
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await under.client.analytics('at once')).toMatchObject({ totalViews: 1 });
  });

  test('counts once over a restart, and says so', async () => {
    const inputs = sessions.map(([title, fields]) => startOf(`restart ${title}`, fields));
    const sendAll = (): Promise<Receipt[]> =>
      Promise.all(inputs.map((input) => under.client.record(input)));
    const first = await sendAll();
    await under.restart();
    expect(await sendAll()).toMatchObject(
      first.map(({ sessionId, position }) => ({ sessionId, position, duplicate: true })),
    );
    await under.restart();
    const more = inputs.map((input) => ({ ...input, eventId: 'e2', eventType: 'HEARTBEAT' }));
    expect(await under.client.recordAll([...inputs, ...more])).toMatchObject({
      accepted: inputs.length,
      duplicates: inputs.length,
    });
    for (const { mediaId } of inputs) {
      expect(await under.client.analytics(mediaId)).toMatchObject({
        totalViews: 1,
        averageWatchTime: 20,
      });
    }
  });
});

describe('what is not a repetition', () => {
  test('an event without an eventId is a new one each time', async () => {
    const input = { mediaId: 'no id', eventType: 'HEARTBEAT', sessionId: 's', duration: 5 };
    await under.client.record({ ...input, eventType: 'SESSION_START' });
    const receipts = [await under.client.record(input), await under.client.record(input)];
    expect(receipts.map(({ duplicate }) => duplicate)).toEqual([false, false]);
    expect(new Set(receipts.map(({ eventId }) => eventId)).size).toBe(2);
    expect(await under.client.analytics('no id')).toMatchObject({ averageWatchTime: 15 });
  });

  test('the same eventId in another session or media item is another event', async () => {
    const places = [
      { mediaId: 'place a', sessionId: 's' },
      { mediaId: 'place a', sessionId: 't' },
      { mediaId: 'place b', sessionId: 's' },
    ];
    for (const { mediaId, sessionId } of places) {
      const receipt = await under.client.record(startOf(mediaId, { sessionId }));
      expect(receipt.duplicate).toBe(false);
    }
    expect(await under.client.analytics('place a')).toMatchObject({ totalViews: 2 });
    expect(await under.client.analytics('place b')).toMatchObject({ totalViews: 1 });
  });

  test('each quality report is new, no view and no bytes', async () => {
    const report = {
      mediaId: 'reported',
      quality: 'HIGH' as const,
      bufferingEvents: 3,
      watchTime: 60,
    };
    const first = await under.client.reportQuality(report);
    const second = await under.client.reportQuality(report);
    expect(first).toMatchObject({ success: true, mediaId: 'reported', quality: 'HIGH' });
    expect(second.reportId).not.toBe(first.reportId);
    await under.client.record({ mediaId: 'reported', eventType: 'SESSION_START', duration: 1 });
    expect(await under.client.analytics('reported')).toMatchObject({
      totalViews: 1,
      averageWatchTime: 121,
      bufferingEvents: 6,
      qualityDistribution: [{ quality: 'MEDIUM', viewCount: 1 }],
    });
  });

  test('the same reportId for another media item is another report', async () => {
    const report = { quality: 'HIGH' as const, bufferingEvents: 1, watchTime: 60, reportId: 'r' };
    for (const mediaId of ['report a', 'report b']) {
      await under.client.reportQuality({ ...report, mediaId });
      expect(await under.client.analytics(mediaId)).toMatchObject({ bufferingEvents: 1 });
    }
  });
});

describe('a quality report that is repeated with its reportId', () => {
  const report = { mediaId: 'again', quality: 'HIGH' as const, bufferingEvents: 3, watchTime: 60 };

  test('counts once, also after a restart, and whatever session has that id', async () => {
    await under.client.record({
      ...{ mediaId: 'again', sessionId: 'r1', eventId: 'r1' },
      ...{ eventType: 'SESSION_START', duration: 1 },
    });
    const first = await under.client.reportQuality({ ...report, reportId: ' r1 ' });
    expect(first).toEqual({ success: true, mediaId: 'again', quality: 'HIGH', reportId: 'r1' });
    expect(await under.client.reportQuality({ ...report, reportId: 'r1' })).toEqual(first);
    await under.restart();
    expect(await under.client.reportQuality({ ...report, reportId: 'r1' })).toEqual(first);
    expect(await under.client.analytics('again')).toMatchObject({
      totalViews: 1,
      averageWatchTime: 61,
      bufferingEvents: 3,
    });
  });

  test('is recognised by an id that the server gave', async () => {
    const { reportId } = await under.client.reportQuality({ ...report, mediaId: 'given' });
    await under.client.reportQuality({ ...report, mediaId: 'given', reportId });
    expect(await under.client.analytics('given')).toMatchObject({ bufferingEvents: 3 });
  });
});

describe('views', () => {
  test('a session has one, however often it starts', async () => {
    const input = { mediaId: 'restarted', eventType: 'SESSION_START', sessionId: 's', duration: 5 };
    expect(await under.client.record(input)).toMatchObject({ duplicate: false });
    expect(await under.client.record({ ...input, eventId: 'other' })).toMatchObject({
      duplicate: true,
    });
    expect(await under.client.analytics('restarted')).toMatchObject({
      totalViews: 1,
      averageWatchTime: 5,
    });
  });

  test('each start without a session is one, and an end completes the latest', async () => {
    const start = {
      mediaId: 'implicit',
      eventType: 'SESSION_START',
      userId: 'u',
      occurredAt: time,
    };
    const receipts = [await under.client.record(start), await under.client.record(start)];
    expect(new Set(receipts.map(({ sessionId }) => sessionId)).size).toBe(1);
    const end = { ...start, eventType: 'SESSION_END' };
    await under.client.record(end);
    expect(await under.client.analytics('implicit')).toMatchObject({
      totalViews: 2,
      uniqueViewers: 1,
      completionRate: 0.5,
    });
    await under.client.recordAll([end, end]);
    expect(await under.client.analytics('implicit')).toMatchObject({ completionRate: 1 });
  });

  test('anonymous ones are views without a viewer, each in a session of its own', async () => {
    const start = { mediaId: 'nobody', eventType: 'SESSION_START' };
    const receipts = [await under.client.record(start), await under.client.record(start)];
    expect(new Set(receipts.map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(await under.client.analytics('nobody')).toMatchObject({
      totalViews: 2,
      uniqueViewers: 0,
    });
  });
});
