import { gzipSync } from 'node:zlib';
import { DAY_MS, iso, MINUTE_MS, withServer } from '../support/e2e.js';
import { send, sendEvents, type Answer } from '../support/http.js';
import { describeValue } from '../support/literals.js';
import { FORBIDDEN_TEXTS } from './bad-input.js';

const under = withServer();

/** An event that is good, and that every read model would show. */
const good = { mediaId: 'media', eventType: 'SESSION_START', bytesLoaded: 1_000, userId: 'u' };
const GOOD = JSON.stringify(good);
const MEBIBYTE = 2 ** 20;

const fromNow = (ms: number): string => iso(Date.now() + ms);
const each = (field: string, values: readonly unknown[]): (readonly [string, unknown])[] =>
  values.map((value) => [field, value]);

const texts: readonly unknown[] = ['', '   ', ...FORBIDDEN_TEXTS];
const ids: readonly unknown[] = [
  ...texts,
  ...['x'.repeat(201), '😀'.repeat(201), true, 1.5, {}, ['a'], 2 ** 53],
];
const times: readonly unknown[] = [
  ...['', 'yesterday', '2026-01-31', '2026-01-31T12:00:00', '2026-02-30T12:00:00Z', 0, true, {}],
  ...['2026-01-31T24:00:00Z', '2026-01-31T12:00:60Z', '2026-01-31T12:00:00+25:00', '1700000000'],
];

const badFields: readonly (readonly [string, unknown])[] = [
  ...each('mediaId', [undefined, null, ...ids]),
  ...each('eventType', [
    undefined,
    null,
    '',
    'session_start',
    'SESSION_BEGIN',
    5,
    {},
    ['HEARTBEAT'],
  ]),
  ...each('eventId', ids),
  ...each('sessionId', ids),
  ...each('userId', ids),
  ...each('endReason', ['ENDED', '', 'TIMEOUT', 'ended', 5, {}]),
  ...each('quality', [...texts, 'x'.repeat(41), 5, true, {}]),
  ...each('duration', ['5', true, {}, [1], -1, -0.001, 86_400.001, 1e300]),
  ...each('bytesLoaded', ['5', true, 1.5, -1, 2 ** 40 + 1, 2 ** 53, {}]),
  ...each('occurredAt', [...times, '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']),
  ...each('occurredAt', [fromNow(6 * MINUTE_MS), fromNow(-31 * DAY_MS - MINUTE_MS)]),
  ...each('sentAt', times),
  ...each('unknown', [1, null, {}]),
  ...each('id', ['x']),
];

/** What must never be seen from outside. */
const INTERNAL = /FST_|node_modules|\bat .*\(|"stack"|SQLITE|Zlib|zlib|JSON at position|Unexpected/;

async function expectRefusal(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, answer.json.code]).toEqual([status, code]);
  expect(answer.text).not.toMatch(INTERNAL);
  expect(answer.text).not.toMatch(/x{101}/);
  expect(answer.headers.has('position')).toBe(false);
  expect((await send(`${under.server.url}/health/live`)).status).toBe(200);
}

describe('an event is refused, and with it its batch, for its', () => {
  const cases = badFields.map(([field, value]) => [field, describeValue(value), value] as const);
  test.each(cases)('%s %s', async (field, _, value) => {
    const body = JSON.stringify([good, { ...good, [field]: value }, good]);
    const answer = await sendEvents(under.server.url, body);
    await expectRefusal(answer, 400, 'BAD_USER_INPUT');
    expect(answer.json.errors).toEqual([
      { index: 1, code: 'BAD_USER_INPUT', message: expect.any(String) as string },
    ]);
  });

  test('number, which JSON does not keep', async () => {
    const body = GOOD.replace('1000', '9007199254740993');
    await expectRefusal(await sendEvents(under.server.url, `[${body}]`), 400, 'BAD_USER_INPUT');
  });
});

describe('a body is refused that', () => {
  const bodies: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
    ['is empty', ''],
    ['is no JSON', '[{"mediaId": '],
    ['is an object that is no event', '{}'],
    ['is a text', '"x"'],
    ['is null', 'null'],
    ['is a number', '5'],
    ['is an empty array', '[]'],
    ['holds a number', '[5]'],
    ['holds null', `[${GOOD}, null]`],
    ['holds an array', `[[${GOOD}]]`],
    ['holds text after it', `[${GOOD}] x`],
    ['has 10,001 events', `[${Array.from({ length: 10_001 }, () => '{}').join(',')}]`],
    ['is deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['would change what every object inherits', '[{"__proto__": {"mediaId": "media"}}]'],
    ['is no UTF-8', new Uint8Array([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
    ['holds NUL', `[${GOOD}]\u0000`],
  ];
  test.each(bodies)('%s', async (_, body) => {
    await expectRefusal(await sendEvents(under.server.url, body), 400, 'BAD_USER_INPUT');
  });

  const lines: readonly (readonly [string, string, readonly number[]])[] = [
    ['has a line that is no JSON', `${GOOD}\n{"mediaId":\n${GOOD}`, [1]],
    ['has lines that are no objects', `5\n${GOOD}\n[${GOOD}]\nnull`, [0, 2, 3]],
    ['has its array in lines', `[${GOOD},\n${GOOD}]`, [0, 1]],
  ];
  test.each(lines)('%s', async (_, body, indexes) => {
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const answer = await sendEvents(under.server.url, body, ndjson);
    await expectRefusal(answer, 400, 'BAD_USER_INPUT');
    const errors = answer.json.errors as readonly { readonly index: number }[];
    expect(errors.map(({ index }) => index)).toEqual(indexes);
  });

  test('has several faults, each of which is named', async () => {
    const events = [
      { ...good, duration: -1, bytesLoaded: 'x', quality: '', extra: 1, more: 2 },
      good,
      { mediaId: 'x'.repeat(201), eventType: 'NONE', endReason: 'ENDED', occurredAt: 'soon' },
      { userId: ' ', occurredAt: fromNow(DAY_MS) },
      5,
    ];
    const answer = await sendEvents(under.server.url, JSON.stringify(events));
    await expectRefusal(answer, 400, 'BAD_USER_INPUT');
    const errors = answer.json.errors as readonly { index: number; message: string }[];
    expect(errors.map(({ index, message }) => [index, message.split(':', 1)[0]])).toEqual([
      ...[
        [0, 'bytesLoaded'],
        [0, 'event'],
        [0, 'event'],
        [0, 'quality'],
        [0, 'duration'],
      ],
      ...[
        [2, 'eventType'],
        [2, 'occurredAt'],
        [2, 'mediaId'],
      ],
      ...[
        [3, 'mediaId'],
        [3, 'eventType'],
        [3, 'userId'],
        [3, 'occurredAt'],
      ],
      [4, 'event'],
    ]);
  });

  test('is a list with more than 100 faults, of which the first 100 are named', async () => {
    const body = JSON.stringify(Array.from({ length: 150 }, () => ({ ...good, mediaId: ' ' })));
    const answer = await sendEvents(under.server.url, body);
    await expectRefusal(answer, 400, 'BAD_USER_INPUT');
    const errors = answer.json.errors as readonly { readonly index: number }[];
    expect(errors.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});

describe('a body is refused by its type', () => {
  const types = [
    ...['text/csv', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
    ...['application/octet-stream', 'application/jsonx', 'text/plain; charset=utf-16', '*/*'],
  ];
  test.each(types)('%s', async (type) => {
    const answer = await sendEvents(under.server.url, `[${GOOD}]`, { 'content-type': type });
    await expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each(['br', 'deflate', 'gzip, gzip', 'zstd'])('packed as %s', async (encoding) => {
    const headers = { 'content-encoding': encoding };
    const answer = await sendEvents(under.server.url, `[${GOOD}]`, headers);
    await expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('none at all', async () => {
    const body = new Uint8Array(Buffer.from(`[${GOOD}]`));
    const answer = await send(`${under.server.url}/events`, { method: 'POST', body });
    await expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('a body is refused by its size', () => {
  const fill = (bytes: number): string => `[${GOOD}]`.padEnd(bytes, ' ');
  const sendPacked = (bytes: Uint8Array<ArrayBuffer>): Promise<Answer> =>
    sendEvents(under.server.url, bytes, { 'content-encoding': 'gzip' });

  test.each([
    ['one byte more than 1 MiB', MEBIBYTE + 1],
    ['10 MB', 10_000_000],
  ])('%s', async (_, bytes) => {
    await expectRefusal(await sendEvents(under.server.url, fill(bytes)), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('10 MB that come without saying how many', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(100_000));
    let left = 100;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        left -= 1;
        if (left < 0) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const headers = { 'content-type': 'application/json' };
    const answer = await send(`${under.server.url}/events`, { ...init, headers });
    await expectRefusal(answer, 413, 'PAYLOAD_TOO_LARGE');
  });

  test('once it is unpacked: one byte more than 1 MiB, and 200 MB', async () => {
    for (const bytes of [MEBIBYTE + 1, 200_000_000]) {
      const packed = new Uint8Array(gzipSync(fill(bytes)));
      expect(packed.length).toBeLessThan(MEBIBYTE);
      await expectRefusal(await sendPacked(packed), 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  test('but not at 1 MiB, packed or not', async () => {
    const bad = `[{"mediaId": ""}]`.padEnd(MEBIBYTE, ' ');
    await expectRefusal(await sendEvents(under.server.url, bad), 400, 'BAD_USER_INPUT');
    const answer = await sendPacked(new Uint8Array(gzipSync(bad)));
    await expectRefusal(answer, 400, 'BAD_USER_INPUT');
  });

  test('a packed one that is cut off, or was never packed', async () => {
    const packed = new Uint8Array(gzipSync(`[${GOOD}]`));
    for (const bytes of [packed.slice(0, -9), packed.slice(0, 5), new TextEncoder().encode(GOOD)]) {
      await expectRefusal(await sendPacked(bytes), 400, 'BAD_USER_INPUT');
    }
  });
});

test('of all that was refused nothing was stored', async () => {
  await under.client.record({ mediaId: 'marker', eventType: 'SESSION_START' });
  expect(await under.client.analytics('marker')).toMatchObject({ totalViews: 1 });
  expect(await under.client.analytics('media')).toMatchObject({
    totalViews: 0,
    uniqueViewers: 0,
    averageWatchTime: 0,
  });
  const { totalCount } = await under.client.popular({ first: 1, period: 'MONTH' });
  expect(totalCount).toBe(1);
  expect((await under.client.bandwidth('MONTH')).totalGB).toBe(0);
});
