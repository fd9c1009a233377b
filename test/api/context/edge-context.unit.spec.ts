import fc from 'fast-check';
import {
  EdgeContext,
  type EdgeContextSettings,
  type EdgeFindings,
} from '../../../src/api/context/edge-context.js';
import type { Headers } from '../../../src/api/context/headers.js';
import { cleanContext } from '../../../src/domain/stated-context.js';

const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0';
const PROXY = '10.0.0.1';
const CLIENT = '192.0.2.1';

const SETTINGS: EdgeContextSettings = {
  bots: 'drop',
  page: 'path',
  countryHeader: 'cf-ipcountry',
  trustProxy: ['10.0.0.0/8'],
};

/** Knows one address. */
const countries = {
  countryOf: (address: string): string | undefined => (address === CLIENT ? 'JP' : undefined),
};

function findings(
  headers: Headers,
  {
    peer = PROXY,
    client = CLIENT,
    ...settings
  }: Partial<EdgeContextSettings> & {
    readonly peer?: string;
    readonly client?: string;
  } = {},
): EdgeFindings {
  return new EdgeContext({ ...SETTINGS, ...settings }).findingsOf({ headers, peer, client });
}

const pageOf = (headers: Headers, page: EdgeContextSettings['page'] = 'path'): string | undefined =>
  findings(headers, { page }).filled.page;

describe('what a request tells', () => {
  it('is filled in', () => {
    const headers = {
      'user-agent': AGENT,
      referer: 'https://Example.com/watch/1?user=anna',
      'cf-ipcountry': 'DE',
    };
    expect(findings(headers)).toEqual({
      filled: {
        device: 'DESKTOP',
        os: 'Windows',
        browser: 'Firefox',
        country: 'DE',
        page: 'example.com/watch/1',
      },
      isBot: false,
      isPrivate: false,
    });
  });

  it('is nothing where there is nothing', () => {
    expect(findings({})).toEqual({ filled: {}, isBot: false, isPrivate: false });
  });

  it.each([
    { 'sec-gpc': '1' },
    { dnt: '1' },
    { dnt: '0', 'sec-gpc': ' 1' },
    { 'sec-gpc': '1, 1' },
    { 'sec-gpc': ['0', '1'] },
  ])('is not looked at with %j', (asked) => {
    const headers = { 'user-agent': AGENT, referer: 'https://example.com/', 'cf-ipcountry': 'DE' };
    expect(findings({ ...headers, ...asked })).toEqual({
      filled: {},
      isBot: false,
      isPrivate: true,
    });
  });

  it.each([{ 'sec-gpc': '0' }, { dnt: '0' }, { dnt: 'null' }, { 'sec-gpc': '10' }, { dnt: '' }])(
    'is looked at with %j',
    (asked) => {
      expect(findings({ 'user-agent': AGENT, ...asked }).isPrivate).toBe(false);
    },
  );

  it('is clean, whatever the headers hold, and holds neither address nor agent', () => {
    const names = ['user-agent', 'referer', 'origin', 'cf-ipcountry', 'sec-ch-ua', 'dnt'];
    const marked = fc.string({ unit: 'binary', maxLength: 2_500 });
    const headers = fc.dictionary(fc.constantFrom(...names, 'sec-ch-ua-platform'), marked);
    const context = new EdgeContext(SETTINGS, countries);
    fc.assert(
      fc.property(headers, (drawn) => {
        const found = context.findingsOf({ headers: drawn, peer: PROXY, client: CLIENT });
        expect(cleanContext(found.filled)).toEqual(found.filled);
        expect(JSON.stringify(found)).not.toContain(CLIENT);
      }),
    );
  });
});

describe('a bot', () => {
  const bot = {
    'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com/bot.html)',
  };

  it.each(['origin', 'referer', 'sec-fetch-site'])('acts as a browser: it sends %s', (name) => {
    expect(findings({ ...bot, [name]: 'x' }).isBot).toBe(true);
    expect(findings({ ...bot, [name]: 'x', 'sec-gpc': '1' }).isBot).toBe(true);
    expect(findings({ 'user-agent': AGENT, [name]: 'x' }).isBot).toBe(false);
  });

  it.each(['curl/8.5.0', 'okhttp/4.12.0', 'node', bot['user-agent'], ''])(
    'is not whoever sends none of them: %s',
    (agent) => {
      expect(findings({ 'user-agent': agent }).isBot).toBe(false);
    },
  );
});

describe('the page', () => {
  const token = 'a1'.repeat(12);

  it.each([
    ['https://example.com/a/b?c=d#e', 'example.com/a/b', 'example.com'],
    ['https://example.com', 'example.com/', 'example.com'],
    ['http://localhost:8080/demo/', 'localhost/demo/', 'localhost'],
    [`https://example.com/u/${token}/x`, 'example.com/u/*/x', 'example.com'],
    [`https://example.com/${token.slice(1)}`, `example.com/${token.slice(1)}`, 'example.com'],
    [`https://example.com/${token}.html`, `example.com/${token}.html`, 'example.com'],
    [`https://example.com/${token.repeat(70)}`, 'example.com/*', 'example.com'],
    ['about:blank', undefined, undefined],
    ['null', undefined, undefined],
    ['file:///home/anna/a.html', undefined, undefined],
    ['https://', undefined, undefined],
  ])('of %.60s is %s', (referer, path, host) => {
    expect(pageOf({ referer })).toBe(path);
    expect(pageOf({ referer }, 'host')).toBe(host);
    expect(pageOf({ referer }, 'off')).toBeUndefined();
  });

  it('is of the origin where there is no referer that can be read', () => {
    const origin = 'https://example.com';
    expect(pageOf({ origin })).toBe('example.com/');
    expect(pageOf({ origin, referer: 'about:client' })).toBe('example.com/');
    expect(pageOf({ origin, referer: 'https://example.com/a' })).toBe('example.com/a');
    expect(pageOf({ origin: 'null' })).toBeUndefined();
  });
});

describe('the country', () => {
  const header = { 'cf-ipcountry': 'de' };
  const countryBy = (
    headers: Headers,
    trustProxy: EdgeContextSettings['trustProxy'],
    peer: string | undefined,
  ): string | undefined =>
    new EdgeContext({ ...SETTINGS, trustProxy }).findingsOf({ headers, peer, client: CLIENT })
      .filled.country;

  it.each([
    [['10.0.0.0/8'], PROXY, 'DE'],
    [['10.0.0.0/8'], `::ffff:${PROXY}`, 'DE'],
    [['10.0.0.0/8'], '11.0.0.1', undefined],
    [['loopback'], '::1', 'DE'],
    [['uniquelocal'], 'fd00::1', 'DE'],
    [['loopback'], undefined, undefined],
    [true, '11.0.0.1', 'DE'],
    [1, '11.0.0.1', 'DE'],
    [0, '11.0.0.1', undefined],
    [false, '127.0.0.1', undefined],
  ])('that a header states is believed with TRUST_PROXY %j of %s: %s', (trust, peer, country) => {
    expect(countryBy(header, trust, peer)).toBe(country);
  });

  it.each(['XX', 'T1', 'DE, FR', ['DE', 'FR'], 'D'.repeat(10_000), '', ' '])(
    'is not %.20j',
    (text) => {
      expect(countryBy({ 'cf-ipcountry': text }, true, PROXY)).toBeUndefined();
    },
  );

  it('is looked up where no header states it', () => {
    const countryOf = (headers: Headers, peer: string, client = CLIENT): string | undefined =>
      new EdgeContext(SETTINGS, countries).findingsOf({ headers, peer, client }).filled.country;
    expect(countryOf(header, PROXY)).toBe('DE');
    expect(countryOf({ 'cf-ipcountry': 'XX' }, PROXY)).toBe('JP');
    expect(countryOf(header, '11.0.0.1')).toBe('JP');
    expect(countryOf({}, PROXY)).toBe('JP');
    expect(countryOf({}, PROXY, '192.0.2.2')).toBeUndefined();
  });

  it('is no other header, and none where no name is set', () => {
    expect(countryBy({ 'x-country': 'DE' }, true, PROXY)).toBeUndefined();
    expect(findings(header, { countryHeader: undefined }).filled).toEqual({});
  });

  it('that is looked up is one of the known ones', () => {
    const strange = { countryOf: () => 'XK' };
    const found = new EdgeContext(SETTINGS, strange).findingsOf({
      headers: {},
      peer: PROXY,
      client: CLIENT,
    });
    expect(found.filled).toEqual({});
  });
});
