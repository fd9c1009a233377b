import { DAY_MS, iso, MINUTE_MS, withServer } from '../support/e2e.js';
import { codeOf, sendGraphql } from '../support/graphql.js';
import { describeValue, Name } from '../support/literals.js';
import {
  bad,
  badIds,
  badTexts,
  badTimes,
  FORBIDDEN_TEXTS,
  refusalFaults,
  type BadValue,
  type InputOperation,
} from './bad-input.js';

const under = withServer();

const single: InputOperation = {
  kind: 'mutation',
  name: 'recordStreamingEvent',
  argument: 'input',
  type: 'StreamingEventInput!',
  selection: '{ eventId sessionId position duplicate }',
};
const batch: InputOperation = {
  kind: 'mutation',
  name: 'recordStreamingEvents',
  argument: 'inputs',
  type: '[StreamingEventInput!]!',
  selection: '{ accepted duplicates position }',
};

/** An event that is good, and that every read model would show. */
const good = {
  mediaId: 'media',
  eventType: new Name('SESSION_START'),
  bytesLoaded: 1_000,
  userId: 'viewer',
};

const fromNow = (ms: number): string => iso(Date.now() + ms);

const badValues: readonly BadValue[] = [
  ...bad('mediaId', 'type', [undefined, null]),
  ...badIds('mediaId'),
  ...bad('eventType', 'type', [undefined, null, 5, true, {}, 'SESSION_START ', '']),
  ...bad('eventType', 'type', ['SESSION_BEGIN', 'session_start', 'x'.repeat(500)].map(named)),
  ...badIds('eventId'),
  ...badIds('sessionId'),
  ...badIds('userId'),
  ...bad('endReason', 'type', [5, '', ...['TIMEOUT', 'ended', 'x'.repeat(500)].map(named)]),
  ...badTexts('quality', 40),
  ...bad('duration', 'type', ['5', true, {}, [1, 2], 'x'.repeat(3_000)]),
  ...bad('duration', 'rule', [-1, -0.001, 86_400.001, 86_401, 1e300]),
  ...bad('bytesLoaded', 'type', ['5', true, 1.5, 2 ** 53, -(2 ** 53), {}, 'x'.repeat(3_000)]),
  ...bad('bytesLoaded', 'rule', [-1, 2 ** 40 + 1, 2 ** 53 - 1]),
  ...badTimes('occurredAt'),
  ...bad('occurredAt', 'rule', ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z']),
  ...bad('occurredAt', 'rule', ['9999-12-31T23:59:59.999Z', fromNow(6 * MINUTE_MS)]),
  ...bad('occurredAt', 'rule', [fromNow(-31 * DAY_MS - MINUTE_MS), fromNow(DAY_MS)]),
  ...badTimes('sentAt'),
  ...bad('unknownField', 'type', [1, 'x', {}]),
];

function named(text: string): Name {
  return new Name(text);
}

describe('an event that is refused', () => {
  const cases = badValues.map((one) => [`${one.field} ${describeValue(one.value)}`, one] as const);
  test.each(cases)('%s', async (_, { field, value, fault }) => {
    const event = { ...good, [field]: value };
    const { url } = under.server;
    expect([
      ...(await refusalFaults(url, single, event, fault)),
      ...(await refusalFaults(url, batch, [good, event, good], fault)),
    ]).toEqual([]);
  });

  const clocks: readonly (readonly [string, number, number])[] = [
    ['so long ago by the player’s clock', -32 * DAY_MS, 0],
    ['so long ago by the player’s clock, which is late', -32 * DAY_MS - 60_000, -60_000],
    ['ahead of the time of sending', 6 * MINUTE_MS + 3_600_000, 3_600_000],
    ['long before the time of sending by a clock that is ahead', -28 * DAY_MS, 4 * DAY_MS],
  ];
  test.each(clocks)('occurredAt %s', async (_, occurred, sent) => {
    const event = { ...good, occurredAt: fromNow(occurred), sentAt: fromNow(sent) };
    expect(await refusalFaults(under.server.url, single, event, 'rule')).toEqual([]);
  });
});

describe('a batch that is refused', () => {
  test('holds nothing, or more than 1,000 events', async () => {
    const { url } = under.server;
    expect(await refusalFaults(url, batch, [], 'rule')).toEqual([]);
    const tooMany = Array.from({ length: 1_001 }, () => good);
    expect(await refusalFaults(url, batch, tooMany, 'rule')).toEqual([]);
  });

  test('holds null, or is null', async () => {
    const { url } = under.server;
    expect(await refusalFaults(url, batch, [good, null], 'type')).toEqual([]);
    expect(await refusalFaults(url, batch, null, 'type')).toEqual([]);
    expect(await refusalFaults(url, single, null, 'type')).toEqual([]);
    expect(await refusalFaults(url, single, 'x', 'type')).toEqual([]);
    expect(await refusalFaults(url, batch, ['x'], 'type')).toEqual([]);
  });

  test('has one bad event at its end, after 999 good ones', async () => {
    const { url } = under.server;
    const inputs = Array.from({ length: 999 }, (_, i) => ({ ...good, sessionId: `s${String(i)}` }));
    const last = { ...good, mediaId: FORBIDDEN_TEXTS[0] };
    expect(await refusalFaults(url, batch, [...inputs, last], 'rule')).toEqual([]);
  });
});

test('of all that was refused nothing was stored', async () => {
  const marker = { mediaId: 'marker', eventType: 'SESSION_START', bytesLoaded: 2 ** 30 };
  await under.client.record(marker);
  const popular = await under.client.popular({ first: 100, period: 'MONTH' });
  expect(popular.edges.map(({ node }) => node.mediaId)).toEqual(['marker']);
  expect(popular.totalCount).toBe(1);
  expect((await under.client.bandwidth('MONTH')).totalGB).toBe(1);
  expect(await under.client.analytics('media')).toMatchObject({
    totalViews: 0,
    uniqueViewers: 0,
    averageWatchTime: 0,
    bufferingEvents: 0,
    qualityDistribution: [],
  });
  const hourOfMarker = await under.client.rollup(31 * 86_400);
  expect(hourOfMarker).toMatchObject({ mediaCount: 1, views: 1, bytes: 2 ** 30 });
});

test.each([2 ** 53, 9_007_199_254_740_994, 1e300, 0.5])(
  'an id that is the number %s is refused: JSON may have rounded it',
  async (mediaId) => {
    const variables = { input: { mediaId, eventType: 'SESSION_START' } };
    const query = `mutation ($input: StreamingEventInput!) {
      recordStreamingEvent(input: $input) { eventId } }`;
    const answer = await sendGraphql(under.server.url, { query, variables });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.position).toBeUndefined();
  },
);

test('more faults of variables than are named are faults of variables too', async () => {
  const inputs = Array.from({ length: 60 }, () => ({ mediaId: 'm', eventType: 'NONE' }));
  const query = `mutation ($inputs: [StreamingEventInput!]!) {
    recordStreamingEvents(inputs: $inputs) { accepted } }`;
  const answer = await sendGraphql(under.server.url, { query, variables: { inputs } });
  const codes = answer.errors.map(({ extensions }) => extensions?.code);
  expect(new Set(codes)).toEqual(new Set(['BAD_USER_INPUT']));
});

test('a batch with several faults names each of them', async () => {
  const event = { mediaId: 'm', eventType: 'HEARTBEAT' };
  const inputs = [
    event,
    { ...event, mediaId: '', duration: -1, bytesLoaded: -1 },
    { ...event, eventId: ' ' },
  ];
  const query = `mutation ($inputs: [StreamingEventInput!]!) {
    recordStreamingEvents(inputs: $inputs) { accepted } }`;
  const answer = await sendGraphql(under.server.url, { query, variables: { inputs } });
  expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  const faults = answer.errors[0]?.extensions?.errors as readonly {
    index: number;
    message: string;
  }[];
  expect(faults.map(({ index, message }) => [index, message.split(':', 1)[0]])).toEqual([
    ...[
      [1, 'mediaId'],
      [1, 'duration'],
      [1, 'bytesLoaded'],
    ],
    [2, 'eventId'],
  ]);
});

test('a name with quotes in it is quoted at 100 characters at most', async () => {
  const input = { mediaId: 'm', eventType: 'HEARTBEAT', ['x"y'.repeat(150)]: 1 };
  const query = `mutation ($input: StreamingEventInput!) {
    recordStreamingEvent(input: $input) { eventId } }`;
  const answer = await sendGraphql(under.server.url, { query, variables: { input } });
  const quoted = (answer.errors[0]?.message ?? '').split(/x\\?"y/).length - 1;
  expect(quoted).toBeGreaterThan(0);
  expect(quoted).toBeLessThanOrEqual(34);
});
