import type { EventInput } from '../support/api-client.js';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS, withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { describeValue, literalOf, Name } from '../support/literals.js';

const under = withServer();

const fromNow = (ms: number): string => iso(Date.now() + ms);
const now = Date.now();
const withOffset = (timeMs: number): string => iso(timeMs + 2 * HOUR_MS).replace('Z', '+02:00');

const accepted: Readonly<Record<string, readonly unknown[]>> = {
  mediaId: ['m', 'x'.repeat(200), '😀'.repeat(200), ` ${'x'.repeat(200)} `, '漢字', '__proto__'],
  eventId: [null, 'e', 'x'.repeat(200), '😀'.repeat(200), 'constructor', '"\\\'%_'],
  sessionId: [null, 's', 'x'.repeat(200), 'a\u2028b', '\ufffd'],
  userId: [null, 'u', 'x'.repeat(200), 'a@example.org'],
  endReason: [null],
  quality: [null, '720p', '1920x1080', '4K', 'auto', 'unheard of', 'x'.repeat(40), '__proto__'],
  duration: [null, 0, 0.0004, 1.5, 86_400],
  bytesLoaded: [null, 0, 1, 2 ** 40],
  occurredAt: [
    null,
    ...[fromNow(0), fromNow(4 * MINUTE_MS), fromNow(-31 * DAY_MS + 5 * MINUTE_MS)],
    ...[withOffset(now), iso(now).toLowerCase(), iso(now).replace(/\.\d+/, '')],
    iso(now).replace('Z', '123456Z'),
  ],
  sentAt: [null, fromNow(0), fromNow(-400 * DAY_MS), fromNow(400 * DAY_MS)],
};

describe('an event with the outermost values that are allowed', () => {
  const cases = Object.entries(accepted).flatMap(([field, values]) =>
    values.map((value) => [`${field} ${describeValue(value)}`, field, value] as const),
  );
  test.each(cases)('%s', async (_, field, value) => {
    const event = { mediaId: 'm', eventType: new Name('HEARTBEAT'), [field]: value };
    const queries = [
      `mutation { recordStreamingEvent(input: ${literalOf(event)}) { eventId } }`,
      `mutation($value: StreamingEventInput!) {
        recordStreamingEvent(input: $value) { eventId } }`,
    ];
    for (const query of queries) {
      const answer = await sendGraphql(under.server.url, { query, variables: { value: event } });
      expect(answer.text).not.toContain('errors');
    }
  });

  test.each(['ENDED', 'QUIT', 'FAILED'] as const)('endReason %s of an end', async (endReason) => {
    const receipt = await under.client.record({
      mediaId: 'm',
      eventType: 'SESSION_END',
      endReason,
    });
    expect(receipt.duplicate).toBe(false);
  });

  test('every type of event', async () => {
    const types = ['SESSION_START', 'SESSION_END', 'REBUFFER_START', 'REBUFFER_END', 'BUFFERING'];
    const others = ['QUALITY_CHANGED', 'HEARTBEAT', 'PLAYBACK_ERROR', 'MANIFEST_GENERATED'];
    const inputs = [...types, ...others].map((eventType) => ({ mediaId: 'all types', eventType }));
    expect(await under.client.recordAll(inputs)).toMatchObject({ accepted: 9, duplicates: 0 });
    expect(await under.client.analytics('all types')).toMatchObject({
      totalViews: 1,
      bufferingEvents: 2,
    });
  });
});

describe('ids', () => {
  test('are the same with and without space around them, wherever they are given', async () => {
    const event = { eventType: 'SESSION_START', userId: 'u', sessionId: 's', eventId: 'e' };
    await under.client.record({ mediaId: 'trimmed', ...event });
    const spaced = await under.client.record({
      mediaId: ' trimmed\u00a0',
      eventType: 'SESSION_START',
      userId: ' u ',
      sessionId: ' s ',
      eventId: ' e ',
    });
    expect(spaced).toMatchObject({ duplicate: true, sessionId: 's', eventId: 'e' });
    expect(await under.client.analytics('  trimmed ')).toMatchObject({ totalViews: 1 });
    expect(await under.client.register({ mediaId: ' trimmed ', title: ' T ' })).toMatchObject({
      mediaId: 'trimmed',
      title: 'T',
      viewCount: 1,
    });
  });

  test('are the same in every spelling, wherever they are given', async () => {
    const event = { eventType: 'SESSION_START', userId: 'é', sessionId: 'é', eventId: 'é' };
    await under.client.record({ mediaId: 'café', ...event });
    const again = await under.client.record({
      mediaId: 'cafe\u0301',
      eventType: 'SESSION_START',
      userId: 'e\u0301',
      sessionId: 'e\u0301',
      eventId: 'e\u0301',
    });
    expect(again).toMatchObject({ duplicate: true, sessionId: 'é', eventId: 'é' });
    expect(await under.client.analytics('cafe\u0301')).toMatchObject({ totalViews: 1 });
    expect(await under.client.register({ mediaId: 'cafe\u0301', title: 'T' })).toMatchObject({
      mediaId: 'café',
      viewCount: 1,
    });
  });

  test('that differ in anything else are different', async () => {
    const ids = ['case', 'Case', 'é', '1', '01', 'a b', 'a  b', 'media', 'media\u00ad'];
    for (const mediaId of ids) await under.client.record({ mediaId, eventType: 'SESSION_START' });
    for (const mediaId of ids) {
      expect(await under.client.analytics(mediaId)).toMatchObject({ totalViews: 1 });
    }
  });
});

/** When the event of a media item happened, as the server has it. */
async function storedTime(fields: Partial<EventInput>): Promise<number> {
  const mediaId = `clock ${JSON.stringify(fields)}`;
  await under.client.record({ mediaId, eventType: 'SESSION_START', ...fields });
  const { createdAt } = await under.client.register({ mediaId, title: 'T' });
  return Date.parse(createdAt);
}

describe('the player’s clock', () => {
  test('is taken at its word if nothing says what it is off', async () => {
    const time = Date.now() - 5 * DAY_MS;
    expect(await storedTime({ occurredAt: iso(time) })).toBe(time);
    expect(await storedTime({ occurredAt: withOffset(time + 1) })).toBe(time + 1);
  });

  test('that is ahead by less than five minutes gives now, not the future', async () => {
    const from = Date.now();
    const stored = await storedTime({ occurredAt: fromNow(4 * MINUTE_MS) });
    expect(stored).toBeGreaterThanOrEqual(from);
    expect(stored).toBeLessThanOrEqual(Date.now());
  });

  const clocks: readonly (readonly [string, number, number, number])[] = [
    ['three hours ahead', 3 * HOUR_MS, -10 * MINUTE_MS, -10 * MINUTE_MS],
    ['three hours behind', -3 * HOUR_MS, -10 * MINUTE_MS, -10 * MINUTE_MS],
    ['23 hours behind, sent late', -23 * HOUR_MS, -30 * DAY_MS, -30 * DAY_MS],
    ['fifty years behind', -50 * 365 * DAY_MS, -HOUR_MS, -HOUR_MS],
    ['a year ahead', 365 * DAY_MS, -HOUR_MS, -HOUR_MS],
  ];
  test.each(clocks)('%s is corrected by sentAt', async (_, off, occurred, expected) => {
    const sentAt = Date.now() + off;
    const from = Date.now();
    const stored = await storedTime({ occurredAt: iso(sentAt + occurred), sentAt: iso(sentAt) });
    expect(stored - expected).toBeGreaterThanOrEqual(from - 1_000);
    expect(stored - expected).toBeLessThanOrEqual(Date.now());
  });
});
