import { gzipSync } from 'node:zlib';
import { captures } from '../support/cmcd-captures.js';
import { withServer } from '../support/e2e.js';
import { send, type Answer } from '../support/http.js';
import { until } from '../support/polling.js';

const INGEST = 'an-ingest-key-for-tests';
const ADMIN = 'an-admin-key-for-tests';
const under = withServer({
  INGEST_KEY: INGEST,
  ADMIN_KEY: ADMIN,
  SESSION_TIMEOUT_SECONDS: '1',
  CMCD_LADDER: '300:240p,750:540p,1500:810p',
});
const discarding = withServer({ INGEST_KEY: INGEST, CMCD_UNKNOWN_KEY: 'discard' });
const silencing = withServer({ CMCD: 'gone' });

const REPORT = 'cid="m1",e=ps,sid="s1",sn=0,sta=s,ts=1795773447933,v=2\n';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const OF_PAGE = {
  origin: 'https://videos.example',
  'user-agent': BROWSER,
  'content-type': 'application/cmcd',
};

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  query = `?key=${INGEST}`,
  headers: Readonly<Record<string, string>> = OF_PAGE,
  url = under.server.url,
): Promise<Answer> => send(`${url}/cmcd${query}`, { method: 'POST', headers, body });

async function ask(query: string, after: Answer): Promise<Record<string, unknown>> {
  const { json } = await graphql(query, after);
  expect(json.errors).toBeUndefined();
  return json.data as Record<string, unknown>;
}

const graphql = (query: string, { headers }: Answer): Promise<Answer> =>
  send(`${under.server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${ADMIN}`,
      'read-after': headers.get('position') ?? '',
    },
    body: JSON.stringify({ query }),
  });

const rejected = ({ status, headers }: Answer): unknown => [
  status,
  headers.get('playhead-rejected'),
];

describe('POST /cmcd', () => {
  it('answers a player on any page with 204 and nothing else', async () => {
    const answer = await post(REPORT);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain('playhead-rejected');
    expect(answer.headers.get('position')).not.toBeNull();
    expect(rejected(await post(REPORT))).toEqual([204, null]);
  });

  it('lets pages report that ask first', async () => {
    const answer = await send(`${under.server.url}/cmcd?key=${INGEST}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://videos.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, authorization',
      'access-control-max-age': '7200',
    });
  });

  const types = ['application/cmcd', 'text/cmcd', 'text/plain', 'text/plain;charset=UTF-8'];
  it.each(types)('takes %s', async (type) => {
    expect((await post(REPORT, undefined, { 'content-type': type })).status).toBe(204);
  });

  it('takes a key in a header, and packed lines', async () => {
    const headers = {
      'content-type': 'application/cmcd',
      'content-encoding': 'gzip',
      authorization: `Bearer ${INGEST}`,
    };
    const packed = new Uint8Array(gzipSync(`\r\n${REPORT}\n  \n${REPORT}`));
    expect(rejected(await post(packed, '', headers))).toEqual([204, null]);
  });

  it.each([
    ['unreadable', 'ts=1795773316181.5,e=t,sid="s",cid="m",v=2'],
    ['unreadable', '__proto__'],
    ['version', 'e=t,sid="s",cid="m",ts=1795773447933,v=3'],
    ['event', 'e=zz,sid="s",cid="m",ts=1795773447933,v=2'],
    ['time', 'e=t,sid="s",cid="m",v=2'],
    ['session', 'e=t,cid="m",ts=1795773447933,v=2'],
    ['media', 'e=t,sid="s",ts=1795773447933,v=2'],
  ])('says that a line is not taken (%s), and takes the others', async (reason, line) => {
    expect(rejected(await post(`${line}\n${REPORT}`))).toEqual([204, `1;${reason}`]);
    const strict = await post(`${REPORT}${line}`, `?key=${INGEST}&strict=1`);
    expect([strict.status, strict.json]).toMatchObject([
      400,
      { code: 'BAD_USER_INPUT', errors: [{ index: 1, code: 'BAD_USER_INPUT' }] },
    ]);
  });

  it('counts what is not taken by its reason', async () => {
    const { text } = await send(`${under.server.url}/metrics`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(text).toMatch(/playhead_cmcd_rejected_total\{reason="media"\} [1-9]/);
    expect(text).toContain('playhead_cmcd_rejected_total{reason="session-full"} 0');
  });

  it('counts what comes after its turn, and answers it like anything else', async () => {
    const report = (number: number): string =>
      `cid="m-late",e=ps,sid="late",sn=${String(number)},sta=${number === 0 ? 's' : 'p'},` +
      `ts=${String(Date.now())},v=2\n`;
    const counts = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${ADMIN}` };
      const { text } = await send(`${under.server.url}/metrics`, { headers });
      return [/passed_over_total (\d+)/, /reason="late"\} (\d+)/].map((one) => one.exec(text)?.[1]);
    };
    const second = report(1);
    await post(report(0));
    await post(report(2));
    await until(async () => JSON.stringify(await counts()) === '["1","0"]', 20_000);
    for (let i = 0; i < 3; i += 1) expect(rejected(await post(second))).toEqual([204, null]);
    expect(await counts()).toEqual(['1', '1']);
  }, 30_000);

  it('refuses what no player sends, with headers for its page', async () => {
    const answers = [
      await post(REPORT, '?key=another-key-altogether'),
      await post(REPORT, ''),
      await post(REPORT, undefined, { ...OF_PAGE, 'content-type': 'application/json' }),
      await post(new Uint8Array([1, 2]), undefined, { ...OF_PAGE, 'content-encoding': 'gzip' }),
      await post('x'.repeat(2 ** 20 + 1)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 415, 400, 413]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('throws away what has an unknown key where that is set', async () => {
    const { url } = discarding.server;
    expect(rejected(await post(REPORT, '?key=a-revoked-key-of-ours', OF_PAGE, url))).toEqual([
      204,
      'key',
    ]);
    expect(rejected(await post(REPORT, undefined, OF_PAGE, url))).toEqual([204, null]);
  });

  it('silences players where that is set', async () => {
    const answer = await post(REPORT, '', OF_PAGE, silencing.server.url);
    expect(answer.status).toBe(410);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers once a view can be found whose first report is missing', async () => {
    const line = 'cid="late",e=ps,sid="late",sn=1,sta=p,ts=1795773447933,v=2';
    const answer = await post(line);
    expect(rejected(answer)).toEqual([204, null]);
    const { figures } = await ask(
      `{ figures(range: ${RANGE}, filter: [{ dimension: MEDIA, anyOf: ["late"] }]) {
        figures { views startupTime { count } } } }`,
      await post(line),
    );
    expect(figures).toEqual({ figures: { views: 1, startupTime: null } });
  }, 30_000);

  it('takes what CMCD does not carry from the address', async () => {
    const query =
      `?key=${INGEST}&media=no-cid&viewer=u1&player=hls.js%201.7.4&app=Site&cdn=eu` +
      '&custom1=free';
    const line = (sn: number, sta: string): string =>
      `e=ps,sid="context",sn=${String(sn)},st=l,sta=${sta},ts=${String(1795773447933 + sn)},v=2\n`;
    const answer = await post(line(0, 's') + line(1, 'p'), query, {
      ...OF_PAGE,
      referer: 'https://videos.example/watch/1?private=1',
    });
    const { sessions } = await ask(
      `{ sessions(range: ${RANGE}, sessionId: "context", first: 1) { edges { node {
        media { mediaId } viewer state context { player app cdn custom1 live page }
      } } } }`,
      answer,
    );
    expect(sessions).toMatchObject({
      edges: [
        {
          node: {
            media: { mediaId: 'no-cid' },
            viewer: expect.stringMatching(/^[\w-]{22}$/) as unknown,
            state: 'PLAYING',
            context: {
              player: 'hls.js 1.7.4',
              app: 'Site',
              cdn: 'eu',
              custom1: 'free',
              live: true,
              page: 'videos.example/watch/1',
            },
          },
        },
      ],
    });
  });
});

const now = Date.now();
const RANGE = `{ from: "${new Date(now - 86_400_000).toISOString()}", to: "${new Date(
  now + 86_400_000,
).toISOString()}" }`;
const FIGURES = `figures { views viewsWithoutStates attempts open watchTime stalls stalledTime
  completionRate playbackFailureRate startupTime { count } byQuality { quality watchTime bytes } }`;

describe('captured sessions', () => {
  it('have the figures that the media element has', async () => {
    let last: Answer | undefined;
    for (const { name, posts } of captures) {
      for (const { body } of posts) {
        const named = body.replaceAll(/cid="\w+"/g, `cid="${name}"`);
        last = await post(named, `?key=${INGEST}&viewer=u-${name}`);
        expect(rejected(last)).toEqual([204, null]);
      }
    }
    if (last === undefined) throw new Error('there are no captures');
    let rollup = last;
    const titles = captures.map(({ name }) => name);
    const open = `{ figures(range: ${RANGE}, filter: [{ dimension: MEDIA,
      anyOf: ${JSON.stringify(titles)} }]) { figures { open } } }`;
    // Sessions are over once they were idle for long enough, by the clock of the server.
    await until(async () => {
      rollup = await graphql('mutation { aggregateRollup { sessionsTimedOut } }', rollup);
      const { figures } = await ask(open, rollup);
      return (figures as { figures: { open: number } }).figures.open === 0;
    });
    for (const { name, truth } of captures) {
      const { figures } = await ask(
        `{ figures(range: ${RANGE}, filter: [{ dimension: MEDIA, anyOf: ["${name}"] }]) {
          ${FIGURES} } }`,
        rollup,
      );
      const isStateless = /^shaka-(?!debug)/.test(name);
      const views = name.includes('two') ? 2 : 1;
      const told = (figures as { figures: Told }).figures;
      expect({ name, ...told }).toMatchObject({
        views,
        viewsWithoutStates: isStateless ? 1 : 0,
        open: 0,
        stalls: isStateless ? 0 : truth.stalls.filter((ms) => ms >= 250).length,
        completionRate: isStateless ? null : truth.ended / views,
        startupTime: { count: views },
      });
      if (isStateless) continue;
      expect(told.watchTime * 1_000).toBeGreaterThan(truth.stateMs - 5_500);
      expect(told.watchTime * 1_000).toBeLessThan(truth.stateMs + 800);
      expect(told.byQuality.every(({ bytes }) => bytes > 0)).toBe(true);
    }
  }, 60_000);
});

interface Told {
  readonly watchTime: number;
  readonly byQuality: readonly { readonly bytes: number }[];
}
