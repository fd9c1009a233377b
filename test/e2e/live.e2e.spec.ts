import { nextResult, subscribe, type EventSource } from '../support/event-source.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { sendEvents } from '../support/http.js';

const under = withServer({ LIVE_WINDOW_SECONDS: '20' });
const open: EventSource[] = [];
afterEach(() => {
  for (const source of open.splice(0)) source.close();
});

const SNAPSHOT = `at viewers stalling startsLastMinute failuresLastMinute mbps perMinute peakToday
  peakTodayAt sampled media(first: 2) { viewers media { title } }
  devices: by(dimension: DEVICE, first: 1) { value label viewers } freshness { stopped position }`;
const LIVE = `query($filter: [FilterInput!], $zone: TimeZone! = "UTC") {
  live(filter: $filter, timeZone: $zone) { ${SNAPSHOT} } }`;
const WATCHED = `subscription($filter: [FilterInput!]) {
  live(filter: $filter) { viewers media { viewers media { mediaId } } } }`;

interface Live {
  readonly viewers: number;
  readonly media: readonly unknown[];
}

let position = '';
const record = async (...events: readonly object[]): Promise<void> => {
  const { status, json, text } = await sendEvents(under.server.url, events);
  if (status !== 202) throw new Error(text);
  position = String(json.position);
};
const watch = (mediaId: string, sessionId: string, context: object = {}): Promise<void> =>
  record({ mediaId, sessionId, eventType: 'SESSION_START', context });
const leave = (mediaId: string, sessionId: string): Promise<void> =>
  record({ mediaId, sessionId, eventType: 'SESSION_END' });

const ask = (query: string, variables: object = {}): Promise<GraphqlAnswer> =>
  sendGraphql(under.server.url, { query, variables: { ...variables } }, { 'read-after': position });

const subscribed = async (variables: object = {}): Promise<EventSource> => {
  const headers = { 'read-after': position };
  const source = await subscribe(under.server.url, { query: WATCHED, variables }, headers);
  open.push(source);
  return source;
};
const liveIn = async (source: EventSource): Promise<Live> =>
  (await nextResult(source)).data?.live as Live;

const OF_PHONES = { filter: [{ dimension: 'DEVICE', anyOf: ['PHONE'] }] };

beforeAll(async () => {
  await watch('m1', 's1', { device: 'PHONE' });
  await watch('m1', 's2', { device: 'PHONE' });
  await watch('m2', 's1', { device: 'TV' });
});

test('`live` tells who watches, of what and on what', async () => {
  const { data, errors } = await ask(LIVE);
  expect(errors).toEqual([]);
  expect(data?.live).toMatchObject({
    ...{ viewers: 3, stalling: 0, startsLastMinute: 3, failuresLastMinute: 0, mbps: 0 },
    ...{ peakToday: 0, peakTodayAt: null, perMinute: new Array(60).fill(0), sampled: 1 },
    media: [
      { viewers: 2, media: { title: 'm1' } },
      { viewers: 1, media: { title: 'm2' } },
    ],
    devices: [{ value: 'PHONE', label: 'PHONE', viewers: 2 }],
    freshness: { stopped: [], position: expect.any(String) as string },
  });
  const { data: ofPhones } = await ask(LIVE, OF_PHONES);
  expect(ofPhones?.live).toMatchObject({ viewers: 2, media: [{ viewers: 2 }] });
});

test('a list is as long as each of its fields wants it, in fragments and by variables too', async () => {
  const query = `query($n: Int!) { live { ...A media(first: $n) { viewers } } }
    fragment A on LiveSnapshot { all: media { viewers } ... { two: by(dimension: OS) { value } } }`;
  const { data, errors } = await ask(query, { n: 1 });
  expect(errors).toEqual([]);
  expect(data?.live).toEqual({
    media: [{ viewers: 2 }],
    all: [{ viewers: 2 }, { viewers: 1 }],
    two: [{ value: '' }],
  });
});

test.each<[string, object, string]>([
  ['a zone that does not exist', { zone: 'Mars/Base' }, 'timeZone'],
  ['an offset as a zone', { zone: '+02:00' }, 'timeZone'],
  ['no values', { filter: [{ dimension: 'OS', anyOf: [] }] }, 'filter.anyOf'],
  [
    '21 filters',
    { filter: Array.from({ length: 21 }, () => ({ dimension: 'OS', anyOf: ['a'] })) },
    'filter',
  ],
  ['no row', { first: 0 }, 'first'],
  ['101 rows', { first: 101 }, 'first'],
])('%s is refused by its name, also where it is watched', async (_, given, name) => {
  const { first = 1, ...variables } = given as { readonly first?: number };
  const fields = `live(filter: $filter, timeZone: $zone) {
    viewers by(dimension: OS, first: ${String(first)}) { viewers } }`;
  const declared = '($filter: [FilterInput!], $zone: TimeZone! = "UTC")';
  const message = expect.stringContaining(name) as string;
  const fault = { message, extensions: { code: 'BAD_USER_INPUT' } };
  const { errors } = await ask(`query${declared} { ${fields} }`, variables);
  expect(errors).toMatchObject([fault]);
  const request = { query: `subscription${declared} { ${fields} }`, variables };
  const { response } = await subscribe(under.server.url, request);
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [fault] }]);
});

test('who watches is told at once, then when somebody comes or goes, or is not heard of', async () => {
  const source = await subscribed();
  const phones = await subscribed(OF_PHONES);
  const first = await liveIn(source);
  expect((await liveIn(phones)).viewers).toBe(2);
  await watch('m2', 's2', { device: 'TV' });
  expect((await liveIn(source)).viewers).toBe(first.viewers + 1);
  await leave('m1', 's2');
  expect(await liveIn(phones)).toMatchObject({
    viewers: 1,
    media: [{ viewers: 1, media: { mediaId: 'm1' } }],
  });
  // All others are closed tabs.
  let { viewers } = await liveIn(source);
  while (viewers > 0) ({ viewers } = await liveIn(source));
  expect((await liveIn(phones)).viewers).toBe(0);
}, 60_000);

test('who watches is told every two seconds at most', async () => {
  const source = await subscribed();
  await liveIn(source);
  const times: number[] = [];
  for (let i = 0; times.length < 3; i += 1) {
    await watch('m3', `t${String(i)}`);
    await liveIn(source);
    times.push(performance.now());
  }
  const [begin = 0, , end = 0] = times;
  expect(end - begin).toBeGreaterThan(3_900);
}, 60_000);
