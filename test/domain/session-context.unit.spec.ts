import fc from 'fast-check';
import {
  CONTEXT_MEMBERS,
  DEVICE_TYPES,
  withoutPrivate,
  type ContextMember,
  type SessionContext,
} from '../../src/domain/session-context.js';
import { cleanContext } from '../../src/domain/stated-context.js';

const TEXTS = [
  'os',
  'browser',
  'player',
  'app',
  'cdn',
  'custom1',
  'custom2',
  'custom3',
] as const satisfies readonly ContextMember[];

const cleaned = (name: ContextMember, value: unknown): unknown =>
  cleanContext({ [name]: value })[name];

describe('a context', () => {
  it('keeps the order of its members, which stands in what is stored', () => {
    expect(CONTEXT_MEMBERS).toEqual([
      ...['device', 'os', 'browser', 'player', 'app', 'cdn', 'country', 'referrer', 'page'],
      ...['live', 'custom1', 'custom2', 'custom3'],
    ]);
  });

  it('is kept as it is where it is clean', () => {
    const context: SessionContext = {
      device: 'TV',
      os: 'Tizen',
      browser: 'Tizen',
      player: 'hls.js 1.7.4',
      app: 'MyApp 2.3',
      cdn: 'fastly',
      country: 'BR',
      referrer: 'news.example.org',
      page: 'example.com/watch/1',
      live: false,
      custom1: 'Kanal 1',
      custom2: 'größer',
      custom3: '映画',
    };
    expect(cleanContext(context)).toEqual(context);
    expect(Object.keys(cleanContext(context))).toEqual([...CONTEXT_MEMBERS]);
  });

  it('of nothing is empty, and has no members that nobody knows', () => {
    expect(cleanContext({})).toEqual({});
    const stated = { os: null, app: undefined, cdn: '', player: ' \n ', mood: 'good' };
    expect(Object.keys(cleanContext(stated))).toEqual([]);
  });

  it('loses what tells people apart where somebody asks for that', () => {
    const all = Object.fromEntries(CONTEXT_MEMBERS.map((name) => [name, 'x'])) as SessionContext;
    expect(Object.keys(withoutPrivate(all))).toEqual([
      ...['device', 'player', 'app', 'cdn', 'live', 'custom1', 'custom2', 'custom3'],
    ]);
  });
});

describe('any text', () => {
  it('is kept within its bounds, whatever it is', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 500 })
        .map((units) => String.fromCharCode(...units)),
      fc
        .constantFrom('🎬', 'e\u0301', '\u0958', '\ud800', ' ', '\u0000')
        .map((one) => one.repeat(3_000)),
    );
    fc.assert(
      fc.property(wild, fc.constantFrom(...TEXTS), (text, name) => {
        const value = cleanContext({ [name]: text })[name];
        if (value === undefined) return;
        expect(Array.from(value).length).toBeLessThanOrEqual(200);
        expect(value).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect([value.trim(), value.normalize('NFC')]).toEqual([value, value]);
        expect(value).not.toBe('');
        expect(cleaned(name, value)).toBe(value);
      }),
    );
  });

  it.each(CONTEXT_MEMBERS)('or anything else as %s costs no batch', (name) => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        expect(() => cleanContext({ [name]: value })).not.toThrow();
      }),
    );
    for (const value of [4, {}, [], ['x'], 1n, Symbol('x'), () => 'x']) {
      expect(cleanContext({ [name]: value })).toEqual({});
    }
  });

  it('is cut by characters, and only then', () => {
    expect(cleaned('app', '🎬'.repeat(201))).toBe('🎬'.repeat(200));
    expect(cleaned('app', 'e\u0301'.repeat(200))).toBe('é'.repeat(200));
    expect(cleaned('app', `${'a'.repeat(199)} b`)).toBe('a'.repeat(199));
    expect(cleaned('app', `${' '.repeat(5_000)}a\u0000\tb`)).toBe('ab');
    expect(cleaned('app', 'a\ud83cb')).toBe('ab');
  });

  it('of a million characters is done with at once', () => {
    const begun = performance.now();
    for (const part of ['\u0315\u0300\u0316', ' ', 'a', '/', '%e2%80', '\u0000', 'a.']) {
      const text = part.repeat(1_000_000 / part.length);
      for (const name of CONTEXT_MEMBERS) cleanContext({ [name]: text });
    }
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('a device', () => {
  it('is one of a few', () => {
    for (const device of DEVICE_TYPES) expect(cleaned('device', device)).toBe(device);
    expect(cleaned('device', ' tablet ')).toBe('TABLET');
    expect(cleaned('device', 'TOASTER')).toBeUndefined();
  });
});

describe('a country', () => {
  it.each([
    ['de', 'DE'],
    [' Br ', 'BR'],
    ['GB', 'GB'],
    ['UK', undefined],
    ['EU', undefined],
    ['XX', undefined],
    ['T1', undefined],
    ['ZZ', undefined],
    ['DEU', undefined],
    ['Germany', undefined],
    ['DE, FR', undefined],
    ['ß', undefined],
  ])('%j is %j', (stated, country) => {
    expect(cleaned('country', stated)).toBe(country);
  });

  it('is one of 249 that have a name', () => {
    const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    const pairs = letters.flatMap((one) => letters.map((other) => one + other));
    const codes = pairs.filter((pair) => cleaned('country', pair) === pair);
    expect(codes).toHaveLength(249);
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    expect(codes.filter((code) => names.of(code) === undefined)).toEqual([]);
    const others = pairs.filter((pair) => !codes.includes(pair) && names.of(pair) !== undefined);
    // What CLDR has a name for beside them: parts, unions, what is no more, and its own.
    const named = [
      'AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP',
      'UK UN VD WK XA XB XK YD YU ZR ZZ',
    ].join(' ');
    expect(others.filter((code) => !named.includes(code))).toEqual([]);
  });
});

describe('a referrer', () => {
  it.each([
    ['https://www.Google.com/search?q=anna', 'www.google.com'],
    ['News.Example.org', 'news.example.org'],
    ['news.example.org/a/b', 'news.example.org'],
    ['//example.org/a', 'example.org'],
    ['https://example.org:8443/', 'example.org'],
    ['example.org:8443', 'example.org'],
    ['https://example.org./', 'example.org'],
    ['https://anna:secret@example.org/', 'example.org'],
    ['https://MÜNCHEN.de/', 'xn--mnchen-3ya.de'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['android-app://com.Google.android.gm/', 'com.google.android.gm'],
    ['http://[2001:DB8::1]:80/', '[2001:db8::1]'],
    ['localhost:3000', 'localhost'],
    ['newsletter', 'newsletter'],
    ['about:blank', undefined],
    ['about:srcdoc', undefined],
    ['file:///C:/Users/anna/a.html', undefined],
    ['file://server/anna/a.html', undefined],
    ['C:\\Users\\anna\\a.html', undefined],
    ['data:text/html,x', undefined],
    ['blob:https://example.org/1', undefined],
    ['javascript:void(0)', undefined],
    ['mailto:anna@example.org', undefined],
    ['https://', undefined],
    ['https:///example.org', undefined],
    ['/watch', undefined],
    ['a b', undefined],
    ['.', undefined],
    ['?', undefined],
  ])('%j is %j', (stated, referrer) => {
    expect(cleaned('referrer', stated)).toBe(referrer);
  });
});

describe('a page', () => {
  it.each([
    ['https://Example.com/Watch/1?user=anna#t=3', 'example.com/Watch/1'],
    ['https://example.com', 'example.com/'],
    ['example.com/a', 'example.com/a'],
    ['Example.com', 'example.com/'],
    ['http://anna:secret@example.com:8080/a', 'example.com/a'],
    ['https://example.com./a', 'example.com/a'],
    ['https://example.com/gr%C3%B6%C3%9Fer', 'example.com/größer'],
    ['https://example.com/größer', 'example.com/größer'],
    ['https://example.com/gro%CC%88%C3%9Fer', 'example.com/größer'],
    ['https://example.com/a%20b%2Fc%25', 'example.com/a%20b%2Fc%25'],
    ['https://example.com/%FF%c3', 'example.com/%FF%c3'],
    ['https://example.com/a\u0000\nb', 'example.com/ab'],
    ['https://example.com/a/../b', 'example.com/b'],
    ['//example.com/a', 'example.com/a'],
    ['/watch/1?user=anna', '/watch/1'],
    ['capacitor://localhost/watch', 'localhost/watch'],
    [`https://example.com/?${'q'.repeat(5_000)}`, 'example.com/'],
    [`https://example.com/${'a'.repeat(5_000)}`, `example.com/${'a'.repeat(188)}`],
    [`https://example.com/${'映'.repeat(300)}`, `example.com/${'映'.repeat(188)}`],
    ['about:blank', undefined],
    ['file:///home/anna/a.html', undefined],
    ['C:/Users/anna/a.html', undefined],
    ['Our home page', undefined],
    ['#/watch', undefined],
  ])('%.60j is %.60j', (stated, page) => {
    expect(cleaned('page', stated)).toBe(page);
  });

  it('has no query, fragment or user, whatever URL it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const page = String(cleaned('page', url));
        expect(page).not.toMatch(/[?#@]/.test(new URL(url).pathname) ? /[?#]/ : /[?#@]/);
        expect(page.startsWith(new URL(url).hostname)).toBe(true);
        expect(cleaned('page', page)).toBe(page);
        expect(cleaned('referrer', url)).toBe(new URL(url).hostname);
      }),
    );
  });
});
