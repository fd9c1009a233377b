import { LOG_FORMATS } from '../../src/cli/cdn/log-formats.js';
import type { LoggedRequest } from '../../src/cli/cdn/logged-request.js';
import type { Format } from '../support/cdn-logs.js';

const readAll = (format: Format, ...lines: readonly string[]): readonly unknown[] => {
  const read = LOG_FORMATS[format].reader();
  return lines.map((line) => read(line));
};
const readLast = (format: Format, ...lines: readonly string[]) =>
  readAll(format, ...lines).at(-1) as LoggedRequest | undefined;

const AT = Date.UTC(2026, 10, 29, 17, 3, 36);
const ADDRESS = { path: '/a.m4s', query: 'CMCD=sid%3D%22s%22' };
const EXPECTED = { at: AT, method: 'GET', status: 200, bytes: 1234, ...ADDRESS };

describe('a line of nginx', () => {
  const combined = (request: string, rest = '200 1234 "-" "Mozilla/5.0"') =>
    `192.0.2.1 - - [29/Nov/2026:18:03:36 +0100] "${request}" ${rest}`;
  const get = 'GET /a.m4s?CMCD=sid%3D%22s%22 HTTP/1.1';

  it('is read as nginx writes `combined`', () => {
    const read = readLast('nginx', combined(get));
    expect(read).toMatchObject({ ...EXPECTED, isOfPlayer: true, id: undefined });
  });

  it.each([
    ['a user of several words', combined(get).replace('- - [', '- "so" me one [')],
    ['brackets and quotes in a browser', combined(get, '200 1234 "[x] \\x22" "a \\"b\\" [c"')],
    ['no referrer and no browser', combined(get, '200 1234')],
    ['unknown parts behind it', combined(get, '200 1234 "-" "-" 0.001 "x" other=7 y="[ z" ')],
  ])('may have %s', (_, line) => {
    expect(readLast('nginx', line)).toMatchObject(EXPECTED);
  });

  it('says more by parts with names', () => {
    const more =
      '200 1234 "-" "-" id=0a1b sent=1500 msec=1795971816.341 ' +
      'cmcd_session="sid=\\x22\\xC3\\xA9\\x22" cmcd_object="-" cmcd_request=""';
    const read = readLast('nginx', combined(get, more));
    expect(read).toMatchObject({ id: '0a1b', bytes: 1500, at: 1_795_971_816_341 });
    const headers = Object.entries(read?.headers ?? {}).filter(([, value]) => value !== undefined);
    expect(headers).toEqual([['cmcd-session', 'sid="é"']]);
  });

  it.each([
    ['/caf\\xC3\\xA9.m4s', '/café.m4s'],
    ['/café-\\xE2\\x82\\xAC.m4s', '/café-€.m4s'],
    ['/caf\\u00e9.m4s', '/café.m4s'],
    ['/\\uD83D\\uDE00\\u0041.m4s', '/😀A.m4s'],
    ['/a\\x5Cb\\x22.m4s', '/a\\b".m4s'],
    ['/\\xE9.m4s', '/é.m4s'],
    ['/\\u00g9.m4s', '/u00g9.m4s'],
  ])('may have what is no plain ASCII in its path: %s', (logged, path) => {
    const read = readLast('nginx', combined(`GET ${logged}?x=1 HTTP/1.1`));
    expect(read).toMatchObject({ path, query: 'x=1' });
  });

  it('may tell of what is no request, and of a dash of bytes', () => {
    expect(readLast('nginx', combined('\\x16\\x03\\x01'))).toMatchObject({
      path: '',
      query: undefined,
    });
    expect(readLast('nginx', combined(get, '304 -'))).toMatchObject({ bytes: 0, status: 304 });
    expect(readLast('nginx', combined('GET /a'))).toMatchObject({ path: '/a', query: undefined });
  });

  it.each([
    ['', 'is none of a combined log'],
    ['{"time":1}', 'is none of a combined log'],
    ['192.0.2.1 - - [29/Nov/2026:18:03:36 +0100] "GET /a', 'has a " that nothing closes'],
    ['192.0.2.1 - - [29/Nov', 'has a [ that nothing closes'],
    ['192.0.2.1 - - [29/Nov/2026:18:03:36 +0100] GET 200 5', 'is none of a combined log'],
    ['192.0.2.1 - - [29/Nov/2026:18:03:36 +0100] "GET /a HTTP/1.1" 200', 'is none of a combined'],
  ])('is refused: %s', (line, why) => {
    expect(() => readLast('nginx', line)).toThrow(why);
  });

  it('has no time where it is none', () => {
    for (const time of ['29/Foo/2026:18:03:36 +0100', '31/Feb/2026:18:03:36 +0100', 'now']) {
      const line = combined(get).replace('29/Nov/2026:18:03:36 +0100', time);
      expect(readLast('nginx', line)).toMatchObject({ at: undefined });
    }
  });
});

describe('a line of fields', () => {
  const names = 'date time sc-bytes cs-method cs-uri-stem sc-status cs-uri-query x-edge-request-id';
  const values = '2026-11-29 17:03:36 1234 GET /a.m4s 200 CMCD=sid%253D%2522s%2522 abc==';
  const tabs = (text: string): string => text.replaceAll(' ', '\t');

  it('is read by what #Fields names, which may change', () => {
    const other = '#Fields: cs-uri sc-status sc-bytes time date cs(CMCD-Session)';
    const read = readAll(
      'cloudfront',
      ...['#Version: 1.0', `#Fields: ${names}`, tabs(values), other],
      tabs('/a.m4s?x=1 206 7 17:03:36.250 2026-11-29 sid=%22s%22'),
    );
    expect(read.map((one) => one === undefined)).toEqual([true, true, false, true, false]);
    const query = 'CMCD=sid%253D%2522s%2522';
    expect(read[2]).toMatchObject({ ...EXPECTED, query, id: 'abc==' });
    expect(read[4]).toMatchObject({ path: '/a.m4s', query: 'x=1', status: 206, at: AT + 250 });
    expect(read[4]).toMatchObject({ headers: { 'cmcd-session': 'sid="s"' }, id: undefined });
  });

  it('may have spaces between its values, and quotes around them', () => {
    const fields = '#Fields: time date cs-method cs-uri-stem cs-uri-query sc-status sc-bytes x';
    const line = '17:03:36 2026-11-29 GET /a.m4s CMCD=sid%3D%22s%22 200 1234 "a ""b"" c"';
    expect(readLast('w3c', fields, line)).toMatchObject(EXPECTED);
  });

  it('may have quotes between tabs, and tabs within quotes', () => {
    const fields = '#Fields: x date time cs-method cs-uri-stem cs-uri-query sc-status sc-bytes y';
    const { path, query } = ADDRESS;
    const parts = ['2026-11-29', '17:03:36', 'GET', `"${path}"`, query, '200', '1234'];
    const line = ['"a ""b""\tc"', ...parts, ''].join('\t');
    expect(readLast('w3c', fields, line)).toMatchObject(EXPECTED);
    const spaced = ['-', ...parts, '"a\tb"'].join(' ');
    expect(readLast('w3c', fields, spaced)).toMatchObject(EXPECTED);
    const stray = ['"x', ...parts, 'a"b"'].join('\t');
    expect(readLast('w3c', fields, stray)).toMatchObject(EXPECTED);
  });

  it('has nothing where a dash stands', () => {
    const line = '- 17:03:36 - GET /a.m4s - - -';
    const nothing = { at: undefined, bytes: undefined, status: undefined, query: undefined };
    expect(readLast('w3c', `#Fields: ${names}`, line)).toMatchObject(nothing);
  });

  it('is refused before #Fields, and with other values than it names', () => {
    expect(() => readLast('w3c', values)).toThrow('stands before the first #Fields');
    expect(() => readLast('w3c', `#Fields: ${names}`, `${values} x`)).toThrow('more or fewer');
    expect(() => readLast('w3c', '#Fields: x', '"a ""b""')).toThrow('a quote that nothing closes');
  });
});

describe('a line of JSON', () => {
  const line = {
    time: '2026-11-29T17:03:36Z',
    status: 200,
    bytes: 1234,
    ...ADDRESS,
    method: 'GET',
  };

  it('is read', () => {
    expect(readLast('ndjson', JSON.stringify(line))).toMatchObject(EXPECTED);
    const other = {
      ...line,
      path: '/a.m4s?CMCD=sid%3D%22s%22',
      query: '',
      status: '200',
      bytes: '1234',
    };
    expect(readLast('ndjson', JSON.stringify(other))).toMatchObject(EXPECTED);
    const more = {
      ...line,
      id: 'r1',
      cmcd: 'sid="s"',
      headers: { 'CMCD-Session': 'sid="t"', X: 1 },
    };
    expect(readLast('ndjson', JSON.stringify(more))).toMatchObject({
      ...{ id: 'r1', cmcd: 'sid="s"', headers: { 'cmcd-session': 'sid="t"' } },
    });
  });

  it.each([
    ['2026-11-29T18:03:36+01:00', AT],
    ['2026-11-29T18:03:36+0100', AT],
    ['1795971816.341', AT + 341],
    [AT / 1_000, AT],
    [AT + 7, AT + 7],
    ['yesterday', undefined],
    [-1, undefined],
    [null, undefined],
    [1e300, undefined],
  ])('has a time: %s', (time, at) => {
    expect(readLast('ndjson', JSON.stringify({ ...line, time }))).toMatchObject({ at });
  });

  it.each(['', 'a', '[]', 'null', '"a"', '{"time":'])('is refused: %s', (text) => {
    expect(() => readLast('ndjson', text)).toThrow('must be');
  });

  it('of Fastly is read, and is known where a server of the CDN asked', () => {
    const fastly = {
      timestamp: '2026-11-29T17:03:36+0000',
      request_id: 'x1',
      url: '/a.m4s?CMCD=sid%3D%22s%22',
      request_method: 'GET',
      response_status: 200,
      response_body_size: 1234,
      cmcd_session: '',
      cmcd_request: 'bl=1',
    };
    const read = (more: object) =>
      readLast('fastly-ndjson', JSON.stringify({ ...fastly, ...more }));
    expect(read({})).toMatchObject({ ...EXPECTED, id: 'x1', isOfPlayer: true });
    expect(read({})?.headers).toEqual({ 'cmcd-request': 'bl=1' });
    expect(read({ response_bytes: 1500 })).toMatchObject({ bytes: 1500 });
    expect(read({ fastly_is_edge: true })).toMatchObject({ isOfPlayer: true });
    expect(read({ fastly_is_edge: false })).toMatchObject({ isOfPlayer: false });
    expect(read({ fastly_is_edge: 'false' })).toMatchObject({ isOfPlayer: false });
  });
});
