import { parse } from 'csv-parse/sync';
import { addressesIn } from '../docs/examples.js';
import { read } from '../docs/markdown.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey, type Answer } from '../support/http.js';

const KEYS = { READ_KEY: 'read-key-000000001', ADMIN_KEY: 'admin-key-00000001' };
const under = withServer({ ...KEYS, CORS_ORIGINS: 'https://dashboard.example' });
const slow = withServer({ ...KEYS, RATE_LIMIT_QUERY_COST_PER_SECOND: '500' });

const NOW = Date.now();
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();
const RANGE = { from: at(7_200), to: at(-3_600) };
const SESSIONS = 2_500;
const LONG = { from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' };

/** Sessions of which several start at one moment, stored in no order. */
function eventsOf(count: number): readonly object[] {
  return Array.from({ length: count }, (_, i) => ({
    mediaId: `m${String(i % 7)}`,
    sessionId: `s${String(i)}`,
    userId: 'ann@example.org',
    eventType: 'SESSION_START',
    occurredAt: at(3_600 - ((i * 7_919) % 600)),
    startupTime: 0.5,
    context: { country: i % 3 === 0 ? 'DE' : 'BR', custom1: i === 0 ? '=1+1' : `a,"${String(i)}"` },
  }));
}

let position = '';
let slowPosition = '';
beforeAll(async () => {
  for (const { server } of [under, slow]) {
    const { status, json, text } = await sendEvents(
      server.url,
      eventsOf(SESSIONS),
      withKey(KEYS.ADMIN_KEY),
    );
    if (status !== 202) throw new Error(text);
    if (server === under.server) position = String(json.position);
    else slowPosition = String(json.position);
  }
});

type Asked = Readonly<Record<string, string>>;
const ask = (
  file: string,
  asked: Asked = {},
  { key = KEYS.READ_KEY, of = under, ...headers }: AskOptions = {},
): Promise<Answer> => {
  const address = new URLSearchParams({ ...RANGE, ...asked }).toString();
  const readAfter = { 'read-after': of === under ? position : slowPosition };
  return send(`${of.server.url}/export/${file}?${address}`, {
    headers: { ...withKey(key), ...readAfter, ...headers },
  });
};
interface AskOptions {
  readonly key?: string;
  readonly of?: typeof under;
  readonly origin?: string;
}

type Line = Readonly<Record<string, string>>;
async function linesOf(file: string, asked: Asked = {}, options?: AskOptions) {
  const { status, text } = await ask(file, asked, options);
  if (status !== 200) throw new Error(text);
  return parse(text, { columns: true }) as readonly Line[];
}

async function answerTo(
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const headers = { ...withKey(KEYS.READ_KEY), 'read-after': position };
  const { data, errors } = await sendGraphql(under.server.url, { query, variables }, headers);
  expect(errors).toEqual([]);
  return data ?? {};
}

const OF_GERMANY = JSON.stringify([{ dimension: 'COUNTRY', anyOf: ['DE'] }]);

describe('sessions', () => {
  it('are all there, once each, by start and then by id, in both forms', async () => {
    const lines = await linesOf('sessions.csv');
    expect(new Set(lines.map(({ id }) => id)).size).toBe(SESSIONS);
    expect(lines.length).toBe(SESSIONS);
    const starts = lines.map(({ startedAt = '' }) => startedAt);
    expect(starts).toEqual([...starts].sort());
    const { text } = await ask('sessions.ndjson');
    const objects = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(objects.map(({ id }) => id)).toEqual(lines.map(({ id = '' }) => id.replace(/^'-/, '-')));
  });

  it('say what the query says, and nothing of who watched', async () => {
    const wanted = { filter: OF_GERMANY, failed: 'false' };
    const [line] = await linesOf('sessions.csv', wanted);
    const { text } = await ask('sessions.ndjson', wanted);
    const object = JSON.parse(text.split('\n', 1)[0] ?? '') as { readonly id: string };
    const { session } = await answerTo(
      `query($id: ID!) { session(id: $id) { id state startedAt lastAt watchTime startupTime
        completed stalls stalledTime bytes quality errorCode media { mediaId title }
        context { device os browser player app cdn country referrer page live custom1 custom2
          custom3 } } }`,
      { id: object.id },
    );
    const { media, context, ...rest } = session as { media: object; context: object };
    expect(object).toEqual({ ...rest, ...media, ...context });
    expect(line).toMatchObject({
      startupTime: '0.5',
      completed: 'false',
      country: 'DE',
      device: '',
    });
    expect(text).not.toMatch(/ann@example|"(viewer|sessionId|userId)"/);
    expect(Object.keys(line ?? {})).toEqual(Object.keys(object));
  });

  it('are those that filters leave, of one viewer for admins', async () => {
    const lines = await linesOf('sessions.csv', { filter: OF_GERMANY });
    expect(lines.length).toBe(Math.ceil(SESSIONS / 3));
    expect(await linesOf('sessions.csv', { filter: OF_GERMANY.slice(1, -1) })).toEqual(lines);
    const admin = { key: KEYS.ADMIN_KEY };
    expect((await linesOf('sessions.csv', { userId: 'bob' }, admin)).length).toBe(0);
    expect((await linesOf('sessions.csv', { sessionId: 's7' }, admin)).length).toBe(1);
    expect(await ask('sessions.csv', { userId: 'ann@example.org' })).toMatchObject({ status: 403 });
  });

  it('give spreadsheets no formula, and keep commas and quotes', async () => {
    const lines = await linesOf('sessions.csv');
    const texts = lines.map(({ custom1 = '' }) => custom1);
    expect(texts.filter((text) => /^[=+@-]/.test(text))).toEqual([]);
    expect(texts).toContain("'=1+1");
    expect(texts).toContain('a,"8"');
    const { text } = await ask('sessions.ndjson');
    expect(text).toContain('"custom1":"=1+1"');
  });

  it('are a file with names alone where there is none', async () => {
    const { text } = await ask('sessions.csv', { from: at(90_000), to: at(86_400) });
    expect(text).toMatch(/^id,mediaId,title,state,[\w,]+\r\n$/);
  });

  it('come slower for who has a rate, and are all there', async () => {
    const begin = performance.now();
    expect((await linesOf('sessions.csv', {}, { of: slow })).length).toBe(SESSIONS);
    expect(performance.now() - begin).toBeGreaterThan(900);
  });
});

describe('other files', () => {
  it('a breakdown says what the query says', async () => {
    const lines = await linesOf('breakdown.csv', {
      by: 'MEDIA',
      orderBy: 'VIEWS',
      compare: 'PREVIOUS',
    });
    const { breakdown } = await answerTo(
      `query($range: RangeInput!) { breakdown(range: $range, by: MEDIA, first: 100,
        compare: PREVIOUS) { sampled edges { node { value share figures { views bytes
        startupTime { p50 } averageMbps } previous { views } } } } }`,
      { range: RANGE },
    );
    interface Found {
      readonly sampled: number;
      readonly edges: readonly {
        readonly node: {
          readonly value: string;
          readonly share: number;
          readonly figures: Readonly<Record<string, number | null>> & {
            startupTime: { p50: number };
          };
          readonly previous: { readonly views: number };
        };
      }[];
    }
    const { edges, sampled } = breakdown as Found;
    const told = edges.map(({ node: { value, share, figures, previous } }) => ({
      ...{ value, share: String(share), views: String(figures.views), averageMbps: '' },
      'startupTime.p50': String(figures.startupTime.p50),
      'previous.views': String(previous.views),
      sampled: String(sampled),
    }));
    expect(told.length).toBe(7);
    for (const [i, line] of lines.entries()) expect(line).toMatchObject(told[i] ?? {});
  });

  it('a series has a line for each bucket', async () => {
    const asked = { interval: 'HOUR', metrics: 'VIEWS,STARTUP_P50', timeZone: 'Europe/Berlin' };
    const lines = await linesOf('timeseries.csv', asked);
    const { timeSeries } = await answerTo(
      `query($range: RangeInput!) { timeSeries(range: $range, interval: HOUR,
        metrics: [VIEWS, STARTUP_P50]) { at series { values } } }`,
      { range: { ...RANGE, timeZone: 'Europe/Berlin' } },
    );
    const { at: starts, series } = timeSeries as {
      readonly at: readonly string[];
      readonly series: readonly { readonly values: readonly (number | null)[] }[];
    };
    expect(lines.map((line) => line.at)).toEqual(starts);
    expect(lines.map((line) => line.VIEWS)).toEqual(series[0]?.values.map(String));
    expect(lines.map((line) => line.STARTUP_P50)).toEqual(
      series[1]?.values.map((value) => String(value ?? '')),
    );
    const range = JSON.stringify({ ...RANGE, timeZone: 'Europe/Berlin' });
    const address = new URLSearchParams({ range, interval: 'HOUR', metrics: 'VIEWS' }).toString();
    const { text } = await send(
      `${under.server.url}/export/timeseries.csv?${address}&metrics=STARTUP_P50`,
      { headers: { ...withKey(KEYS.READ_KEY), 'read-after': position } },
    );
    expect(parse(text, { columns: true })).toEqual(lines);
  });
});

describe('what is wrong is told before anything is sent:', () => {
  it.each<[string, string, Asked, string]>([
    ['an argument that is none', 'sessions.csv', { filters: '[]' }, 'filters'],
    ['an argument of another file', 'sessions.csv', { by: 'MEDIA' }, 'by'],
    ['a zone that is none', 'sessions.csv', { timeZone: 'Mars/Base' }, 'timeZone'],
    ['a time that is none', 'sessions.csv', { from: 'yesterday' }, 'range.from'],
    ['a range upside down', 'sessions.csv', { to: at(8_000) }, 'range'],
    ['a range twice', 'sessions.csv', { range: '{}' }, 'range'],
    ['no JSON', 'sessions.csv', { filter: '{' }, 'filter'],
    ['a filter without a value', 'sessions.csv', { filter: '[{"dimension":"OS"}]' }, 'filter'],
    ['a ratio above 1', 'sessions.csv', { minRebufferRatio: '2' }, 'minRebufferRatio'],
    ['no dimension', 'breakdown.csv', {}, 'by'],
    ['a dimension that is none', 'breakdown.csv', { by: 'MOOD' }, 'by'],
    ['a number that is none', 'breakdown.csv', { by: 'OS', minViews: 'few' }, 'minViews'],
    ['no metrics', 'timeseries.csv', { interval: 'DAY' }, 'metrics'],
    [
      '7 metrics',
      'timeseries.csv',
      { interval: 'DAY', metrics: 'VIEWS,'.repeat(6) + 'VIEWS' },
      'metrics',
    ],
    [
      'too many buckets',
      'timeseries.csv',
      { ...LONG, interval: 'QUARTER_HOUR', metrics: 'VIEWS' },
      'interval',
    ],
  ])('%s', async (_, file, asked, name) => {
    const { status, json } = await ask(file, asked);
    expect([status, json.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(json.message).toContain(name);
  });

  it('no key, and a key in the address', async () => {
    const range = new URLSearchParams(RANGE).toString();
    const address = `${under.server.url}/export/sessions.csv?${range}`;
    expect(await send(address)).toMatchObject({ status: 401 });
    expect(await send(`${address}&key=${KEYS.READ_KEY}`)).toMatchObject({ status: 401 });
  });
});

test.each(addressesIn(read('docs/metrics.md')))(
  'a file is answered as documented: %s',
  async (address) => {
    const { pathname, search } = new URL(address);
    const { status, text } = await send(`${under.server.url}${pathname}${search}`, {
      headers: withKey(KEYS.READ_KEY),
    });
    expect([status, text]).toEqual([200, expect.stringContaining('\r\n')]);
  },
);

test('pages of CORS_ORIGINS may read it, others may not', async () => {
  const allowed = await ask('sessions.csv', {}, { origin: 'https://dashboard.example' });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://dashboard.example');
  const other = await ask('sessions.csv', {}, { origin: 'https://elsewhere.example' });
  expect(other.headers.has('access-control-allow-origin')).toBe(false);
  expect(other.headers.get('content-disposition')).toBe('attachment; filename="sessions.csv"');
});
