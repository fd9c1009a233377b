import { gzipSync } from 'node:zlib';
import { DAY_MS, iso, withServer } from '../support/e2e.js';
import { send, sendEvents, type Answer } from '../support/http.js';

const under = withServer();

const start = (mediaId: string, eventId: string): object => ({
  mediaId,
  eventType: 'SESSION_START',
  sessionId: `s-${eventId}`,
  eventId,
});

const NDJSON = { 'content-type': 'application/x-ndjson' };
const TEXT = { 'content-type': 'text/plain;charset=UTF-8' };

/** The views of a title, once everything that an answer stands for is counted. */
async function viewsOf(mediaId: string, { headers }: Answer): Promise<unknown> {
  const { json } = await send(`${under.server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'read-after': headers.get('position') ?? '',
    },
    body: JSON.stringify({ query: `{ streamingAnalytics(mediaId: "${mediaId}") { totalViews } }` }),
  });
  return (json.data as { streamingAnalytics: { totalViews: number } }).streamingAnalytics
    .totalViews;
}

describe('events are taken', () => {
  const two = (mediaId: string): readonly object[] => [start(mediaId, '1'), start(mediaId, '2')];
  const lines = (events: readonly object[]): string =>
    events.map((event) => JSON.stringify(event)).join('\n');
  const packed = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text));
  const gzip = { 'content-encoding': 'gzip' };

  type Way = (mediaId: string) => Promise<Answer>;
  const ways: readonly (readonly [string, Way])[] = [
    ['as an array', (m) => sendEvents(under.server.url, two(m))],
    ['as lines', (m) => sendEvents(under.server.url, `${lines(two(m))}\n`, NDJSON)],
    [
      'as lines with empty ones between them and CRLF',
      (m) => sendEvents(under.server.url, `\r\n${lines(two(m)).replace('\n', '\r\n\n')}`, NDJSON),
    ],
    [
      'as an array in a text',
      (m) => sendEvents(under.server.url, ` ${JSON.stringify(two(m))}`, TEXT),
    ],
    ['as lines in a text', (m) => sendEvents(under.server.url, lines(two(m)), TEXT)],
    [
      'as an array in a text over several lines',
      (m) => sendEvents(under.server.url, JSON.stringify(two(m), undefined, 2), TEXT),
    ],
    [
      'as an array, packed',
      (m) => sendEvents(under.server.url, packed(JSON.stringify(two(m))), gzip),
    ],
    [
      'as lines, packed',
      (m) => sendEvents(under.server.url, packed(lines(two(m))), { ...NDJSON, ...gzip }),
    ],
  ];
  test.each(ways)('%s, and once when they are sent again', async (way, record) => {
    const first = await record(way);
    expect([first.status, first.json]).toEqual([
      202,
      { accepted: 2, duplicates: 0, conflicting: 0, position: first.headers.get('position') },
    ]);
    expect(await viewsOf(way, first)).toBe(2);
    const again = await record(way);
    expect([again.status, again.json]).toMatchObject([
      202,
      { accepted: 0, duplicates: 2, conflicting: 0 },
    ]);
    expect(await viewsOf(way, again)).toBe(2);
  });

  const one = (mediaId: string): object => start(mediaId, '1');
  const single: readonly (readonly [string, Way])[] = [
    ['in JSON', (m) => sendEvents(under.server.url, JSON.stringify(one(m)))],
    ['in a text', (m) => sendEvents(under.server.url, JSON.stringify(one(m)), TEXT)],
    [
      'in a text over several lines',
      (m) => sendEvents(under.server.url, `\n${JSON.stringify(one(m), undefined, 2)}\n`, TEXT),
    ],
    ['in JSON, packed', (m) => sendEvents(under.server.url, packed(JSON.stringify(one(m))), gzip)],
  ];
  test.each(single)('as one object %s, which is an array of one', async (way, record) => {
    const answer = await record(`one ${way}`);
    expect([answer.status, answer.json]).toMatchObject([202, { accepted: 1, duplicates: 0 }]);
    expect(await viewsOf(`one ${way}`, answer)).toBe(1);
  });

  test('with every field, by the same rules as in GraphQL', async () => {
    const at = iso(Date.now() - DAY_MS);
    const event = {
      mediaId: '  every field ',
      eventType: 'SESSION_START',
      eventId: 7,
      sessionId: 's',
      userId: 'u',
      endReason: null,
      quality: '1080p',
      duration: 1.5,
      bytesLoaded: 1_000_000,
      occurredAt: at,
      sentAt: null,
    };
    const answer = await sendEvents(under.server.url, [event]);
    expect(answer.json).toMatchObject({ accepted: 1 });
    const inGraphql = await under.client.send('recordStreamingEvent', { input: event });
    expect(inGraphql.data).toMatchObject({
      recordStreamingEvent: { eventId: '7', duplicate: true },
    });
    expect(await under.client.analytics('every field')).toMatchObject({
      totalViews: 1,
      uniqueViewers: 1,
      averageWatchTime: 1.5,
    });
  });

  test('10,000 at once', async () => {
    const events = Array.from({ length: 10_000 }, (_, i) => ({
      mediaId: 'm10000',
      eventType: 'SESSION_START',
      sessionId: String(i),
      eventId: 'e',
    }));
    const answer = await sendEvents(under.server.url, events);
    expect([answer.status, answer.json]).toMatchObject([202, { accepted: 10_000 }]);
    expect(await viewsOf('m10000', answer)).toBe(10_000);
  });
});

describe('a page of another site', () => {
  const origin = 'https://player.example.org';

  test('may send events, without credentials, and read the position', async () => {
    const preflight = await send(`${under.server.url}/events`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    const { headers } = await sendEvents(under.server.url, [start('cors', '1')], { origin });
    for (const answered of [preflight.headers, headers]) {
      expect(answered.get('access-control-allow-origin')).toBe('*');
      expect(answered.has('access-control-allow-credentials')).toBe(false);
      expect(answered.get('access-control-expose-headers')).toBe('position, retry-after');
    }
    const allowed = preflight.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(['authorization', 'content-type', 'read-after']);
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });

  test('may use nothing else', async () => {
    for (const path of ['/graphql', '/', '/health/live']) {
      const preflight = await send(`${under.server.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
      const { headers } = await send(`${under.server.url}${path}`, { headers: { origin } });
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});
