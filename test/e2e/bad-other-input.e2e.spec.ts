import { DAY_MS, iso, withServer } from '../support/e2e.js';
import { describeValue, Literal, Name } from '../support/literals.js';
import {
  bad,
  badIds,
  badTexts,
  badTimes,
  refusalFaults,
  type BadValue,
  type InputOperation,
} from './bad-input.js';

const under = withServer();

type Case = readonly [string, BadValue];
const casesOf = (values: readonly BadValue[]): readonly Case[] =>
  values.map((one) => [`${one.field} ${describeValue(one.value)}`, one]);
const named = (text: string): Name => new Name(text);

describe('a quality report that is refused', () => {
  const operation: InputOperation = {
    kind: 'mutation',
    name: 'reportStreamingQuality',
    argument: 'input',
    type: 'StreamingQualityInput!',
    selection: '{ success reportId }',
  };
  const good = { mediaId: 'media', quality: named('HIGH'), bufferingEvents: 3, watchTime: 60 };
  const counts = (field: string, max: number): BadValue[] => [
    ...bad(field, 'type', [undefined, null, '5', true, 1.5, 2 ** 31, {}]),
    ...bad(field, 'type', [new Literal('9'.repeat(3_000)), 'x'.repeat(3_000)]),
    ...bad(field, 'rule', [-1, max + 1, 2 ** 31 - 1]),
  ];
  const cases = casesOf([
    ...bad('mediaId', 'type', [undefined, null]),
    ...badIds('mediaId'),
    ...bad('quality', 'type', [undefined, null, 5, '720p', '']),
    ...bad('quality', 'type', ['high', 'BEST', 'x'.repeat(500)].map(named)),
    ...counts('bufferingEvents', 10_000),
    ...counts('watchTime', 86_400),
    ...badIds('reportId'),
    ...bad('unknownField', 'type', [1]),
  ]);
  test.each(cases)('%s', async (_, { field, value, fault }) => {
    const input = { ...good, [field]: value };
    expect(await refusalFaults(under.server.url, operation, input, fault)).toEqual([]);
  });
});

describe('a registration that is refused', () => {
  const operation: InputOperation = {
    kind: 'mutation',
    name: 'registerMedia',
    argument: 'input',
    type: 'MediaInput!',
    selection: '{ id title }',
  };
  const good = { mediaId: 'media', title: 'A title' };
  const urls = ['', 'x', '/poster.png', '//host/poster.png', 'ftp://host/poster.png'];
  const moreUrls = ['javascript:alert(1)', 'data:text/html,x', 'http://', 'https:// host/'];
  const cases = casesOf([
    ...bad('mediaId', 'type', [undefined, null]),
    ...badIds('mediaId'),
    ...bad('title', 'type', [undefined, null]),
    ...badTexts('title', 500),
    ...bad('thumbnail', 'type', [5, true, {}]),
    ...bad('thumbnail', 'rule', [...urls, ...moreUrls]),
    ...bad('thumbnail', 'rule', [`https://host/${'x'.repeat(1_988)}`, 'https://host/\u0000']),
    ...bad('duration', 'type', ['5', true, {}, 'x'.repeat(3_000)]),
    ...bad('duration', 'rule', [-1, -0.001, 31 * 86_400 + 1, 1e300]),
    ...bad('unknownField', 'type', ['x']),
  ]);
  test.each(cases)('%s', async (_, { field, value, fault }) => {
    const input = { ...good, [field]: value };
    expect(await refusalFaults(under.server.url, operation, input, fault)).toEqual([]);
  });
});

describe('a rollup that is refused', () => {
  const operation: InputOperation = {
    kind: 'mutation',
    name: 'aggregateRollup',
    argument: 'window',
    type: 'Duration',
    selection: '{ views }',
  };
  const cases = casesOf([
    ...bad('window', 'type', ['60', true, {}, [1, 2], 'x'.repeat(3_000)]),
    ...bad('window', 'rule', [-1, 0, 59, 59.999, 31 * 86_400 + 0.001, 1e300]),
  ]);
  test.each(cases)('%s', async (_, { value, fault }) => {
    expect(await refusalFaults(under.server.url, operation, value, fault)).toEqual([]);
  });
});

describe('a query that is refused', () => {
  const analytics = (argument: string, type: string, others: string): InputOperation => ({
    kind: 'query',
    name: `streamingAnalytics(${others}`,
    argument,
    type,
    selection: '{ totalViews }',
  });
  const popular = (argument: string, type: string, others = ''): InputOperation => ({
    kind: 'query',
    name: `popularStreams(${others}`,
    argument,
    type,
    selection: '{ totalCount }',
  });
  const bandwidth: InputOperation = {
    kind: 'query',
    name: 'bandwidthUsage(',
    argument: 'period',
    type: 'TimePeriod!',
    selection: '{ totalGB }',
  };
  const media = 'mediaId: "media", ';
  const periods = ['YEAR', 'day', 'x'.repeat(500)].map(named);
  const all: readonly (readonly [InputOperation, readonly BadValue[]])[] = [
    [
      analytics('mediaId', 'ID!', ''),
      [...bad('mediaId', 'type', [undefined, null]), ...badIds('mediaId')],
    ],
    [analytics('from', 'Time', media), badTimes('from')],
    [analytics('to', 'Time', media), badTimes('to')],
    [
      popular('first', 'Int!'),
      [
        ...bad('first', 'type', [null, '5', true, 1.5, 2 ** 31, {}, 'x'.repeat(3_000)]),
        ...bad('first', 'type', [new Literal('9'.repeat(3_000)), { ['x'.repeat(3_000)]: 1 }]),
        ...bad('first', 'rule', [0, -1, 101, 2 ** 31 - 1]),
      ],
    ],
    [
      popular('after', 'String', 'first: 1, '),
      [
        ...bad('after', 'type', [5, true, {}]),
        ...bad('after', 'rule', ['', 'x', 'x'.repeat(100_000)]),
      ],
    ],
    [popular('period', 'TimePeriod!', 'first: 1, '), bad('period', 'type', [null, 5, ...periods])],
    [bandwidth, bad('period', 'type', [null, 5, '', ...periods])],
  ];
  const cases = all.flatMap(([operation, values]) =>
    casesOf(values).map(([title, one]) => [`${operation.name}${title})`, operation, one] as const),
  );
  test.each(cases)('%s', async (_, operation, { value, fault }) => {
    expect(await refusalFaults(under.server.url, operation, value, fault)).toEqual([]);
  });

  test('has its end before its beginning', async () => {
    const from = iso(Date.now());
    const operation = analytics('from', 'Time', `${media}to: "${iso(Date.now() - DAY_MS)}", `);
    expect(await refusalFaults(under.server.url, operation, from, 'rule')).toEqual([]);
  });

  test.each(['from', 'to'])('has null as its %s without being refused', async (field) => {
    const answer = await under.client.send('streamingAnalytics', { mediaId: 'm', [field]: null });
    expect(answer.errors).toEqual([]);
  });
});

test('of all that was refused nothing was stored', async () => {
  await under.client.record({ mediaId: 'marker', eventType: 'SESSION_START' });
  expect(await under.client.analytics('media')).toMatchObject({
    totalViews: 0,
    averageWatchTime: 0,
    bufferingEvents: 0,
  });
  // Had anything been registered or reported, its time would be the earlier one.
  const from = Date.now();
  const { createdAt, title } = await under.client.register({ mediaId: 'media', title: 'First' });
  expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(from);
  expect(title).toBe('First');
});
