import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents } from '../support/http.js';

const READ = 'a-read-key-for-tests-1';
const INGEST = 'an-ingest-key-for-tests';
const open = withServer();
const keyed = withServer({ READ_KEY: READ, INGEST_KEY: INGEST });
const off = withServer({ DASHBOARD: 'off' });

const PAGES = ['/', '/live', '/media?id=a', '/quality', '/delivery', '/sessions', '/system'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const MARKUP = '<img src=x onerror=alert(1)>';
const RTL = 'مرحبا بالعالم';
const TITLES = [MARKUP, RTL, 'x'.repeat(500), 'a/b.c', 'plain'];
const HOUR_MS = 3_600_000;

/** Sessions of some titles: each watches, one stalls, one fails. */
function events(): readonly object[] {
  const startMs = Date.now() - 30 * HOUR_MS;
  return TITLES.flatMap((_, t) =>
    Array.from({ length: 4 }, (_none, n) => {
      const at = (seconds: number): string =>
        new Date(startMs + n * 5 * HOUR_MS + seconds * 1_000).toISOString();
      const common = { mediaId: `title-${String(t)}`, sessionId: `${String(t)}-${String(n)}` };
      const country = ['DE', 'AT', 'FR', 'DE'][n];
      return [
        {
          ...common,
          ...{ eventType: 'SESSION_START', eventId: '1', occurredAt: at(0), startupTime: 1.5 },
          ...{ userId: `viewer-${String(n)}`, context: { country, device: 'TV' }, quality: '720p' },
        },
        {
          ...common,
          ...{ eventType: 'HEARTBEAT', eventId: '2', occurredAt: at(60), duration: 60 },
          bytesLoaded: 1e7 * (t + 1),
        },
        { ...common, eventType: 'BUFFERING', eventId: '3', occurredAt: at(70), duration: n },
        { ...common, eventType: 'SESSION_END', eventId: '4', occurredAt: at(80), duration: 10 },
      ];
    }).flat(),
  );
}

describe('the page of the dashboard', () => {
  it.each(PAGES)('is there at %s, open to everyone, and asked for anew', async (path) => {
    const { status, headers, text } = await send(`${keyed.server.url}${path}`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
    expect(text).toContain('/dashboard/dashboard-');
    expect(text).not.toMatch(/https?:|["'(]\/\//);
  });

  it('is made of files that may be kept for ever, and no others', async () => {
    const { url } = keyed.server;
    const { text } = await send(url);
    const files = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, file]) => file ?? '');
    expect(files).toHaveLength(2);
    for (const file of files) {
      const { status, headers } = await send(`${url}${file}`);
      expect([file, status]).toEqual([file, 200]);
      expect(headers.get('cache-control')).toContain('immutable');
    }
    const missing = ['/x.y', '/live.x', '/dashboard/dashboard-00000000.js', '/dashboard/'];
    for (const path of [...missing, '/dashboard/graphiql.min.js', '/dashboard.html']) {
      expect([path, (await send(`${url}${path}`)).status]).toEqual([path, 404]);
    }
  });

  it('can be switched off: then the root has no script, and nothing is behind it', async () => {
    const { status, text } = await send(off.server.url);
    expect([status, text.includes('<script')]).toEqual([200, false]);
    for (const path of PAGES.slice(1)) {
      expect([path, (await send(`${off.server.url}${path}`)).status]).toEqual([path, 404]);
    }
  });
});

describeWithChromium('the dashboard in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  const said: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });
  const newTab = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<void> => {
    context = await browser.newContext({ timezoneId: 'Europe/Berlin', ...options });
    tab = await context.newPage();
    said.length = 0;
    asked.length = 0;
    tab.on('console', (message) => {
      if (message.type() === 'error') said.push(message.text());
    });
    tab.on('pageerror', (error) => said.push(error.message));
    tab.on('request', (request) => {
      const isStream = request.headers().accept === 'text/event-stream';
      if (request.url().endsWith('/graphql') && !isStream) asked.push(request.postData() ?? '');
    });
  };
  afterEach(async () => {
    await context.close();
  });
  const ready = async (): Promise<void> => {
    await tab.waitForSelector('html[data-ready]', { timeout: 60_000 });
  };
  const go = async (url: string): Promise<void> => {
    await tab.goto(url);
    await ready();
  };
  const valueOf = async (panel: string, metric: string): Promise<string | null> =>
    tab.getAttribute(`[data-panel="${panel}"] [data-metric="${metric}"]`, 'data-value');
  const violations = async (): Promise<unknown> =>
    tab.evaluate(`${AXE}; axe.run().then((found) => found.violations.map(({ id, nodes }) =>
      id + ' ' + nodes.map(({ target }) => target).join(' ')))`);

  it('shows how to send an event until one comes, then the figures by itself', async () => {
    await newTab();
    const { url } = open.server;
    await go(url);
    expect(await tab.textContent('[data-panel=first]')).toContain(`${url}/playhead.js`);
    expect(await violations()).toEqual([]);
    await open.client.register({ mediaId: 'title-0', title: MARKUP });
    await tab.waitForSelector('[data-panel=figures]', { timeout: 60_000 });
    expect(said).toEqual([]);
  });

  describe('with sessions', () => {
    beforeAll(async () => {
      const { status } = await sendEvents(open.server.url, events());
      expect(status).toBe(202);
      for (const [t, title] of TITLES.entries()) {
        await open.client.register({ mediaId: `title-${String(t)}`, title });
      }
    });

    it.each([
      [1440, 'light'],
      [768, 'light'],
      [320, 'dark'],
    ] as const)('has no fault on any page at %d px, %s', async (width, colorScheme) => {
      await newTab({ viewport: { width, height: 800 }, colorScheme });
      for (const path of [...PAGES, '/media?id=title-1', '/?r=24h&f=country:XX', '/media?id=no']) {
        await go(`${open.server.url}${path}`);
        expect([path, await violations()]).toEqual([path, []]);
        const beyond = await tab.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect([path, beyond]).toEqual([path, 0]);
        const failed = await tab.$$eval('[data-state=error]', (found) => found.length);
        expect([path, failed, said]).toEqual([path, 0, []]);
      }
    });

    it.each([
      ['', {}],
      ['&f=country:DE', { dimension: 'COUNTRY', anyOf: ['DE'] }],
      ['&f=!country:DE,AT', { dimension: 'COUNTRY', anyOf: ['DE', 'AT'], exclude: true }],
      ['&f=media:title-2&f=device:tv', { dimension: 'MEDIA', anyOf: ['title-2'] }],
    ])('shows the figures of the API for %s', async (search, filter) => {
      await newTab();
      const [fromDay, toDay] = [-3, 1].map((days) =>
        new Date(Date.now() + days * 24 * HOUR_MS).toISOString().slice(0, 10),
      );
      const last = new Date(Date.now()).toISOString().slice(0, 10);
      await go(`${open.server.url}/?r=${String(fromDay)}..${last}&tz=UTC${search}`);
      const query = `query ($range: RangeInput!, $filter: [FilterInput!]) {
        figures(range: $range, filter: $filter) { figures {
          views uniqueViewers watchTime bytes completionRate rebufferRatio } } }`;
      const range = { from: `${String(fromDay)}T00:00:00Z`, to: `${String(toDay)}T00:00:00Z` };
      const variables = { range, filter: 'dimension' in filter ? [filter] : [] };
      const { data } = await sendGraphql(open.server.url, { query, variables });
      const { figures } = (data as { figures: { figures: Record<string, number> } }).figures;
      const shown = await Promise.all(
        ['VIEWS', 'UNIQUE_VIEWERS', 'WATCH_TIME', 'BYTES', 'COMPLETION_RATE', 'REBUFFER_RATIO'].map(
          (metric) => valueOf('figures', metric),
        ),
      );
      const { views, uniqueViewers, watchTime, bytes, completionRate, rebufferRatio } = figures;
      expect(shown).toEqual(
        [views, uniqueViewers, watchTime, bytes, completionRate, rebufferRatio].map(String),
      );
      expect(views).toBeGreaterThan(0);
    });

    it('asks twice until it is ready, and nothing at rest', async () => {
      await newTab();
      await go(`${open.server.url}/`);
      expect(asked).toHaveLength(2);
      await tab.waitForTimeout(6_000);
      expect(asked).toHaveLength(2);
    });

    it('counts what comes by itself', async () => {
      await newTab();
      await go(`${open.server.url}/?r=28d`);
      const before = Number(await valueOf('figures', 'VIEWS'));
      const event = { mediaId: 'title-4', sessionId: 'late', eventType: 'SESSION_START' };
      await sendEvents(open.server.url, [event]);
      const shown = `[data-metric=VIEWS][data-value="${String(before + 1)}"]`;
      await tab.waitForSelector(`[data-panel=figures] ${shown}`, { timeout: 60_000 });
    });

    it('is led by the keyboard, and the address follows: back brings the view back', async () => {
      await newTab();
      await go(`${open.server.url}/`);
      const search = (): string => new URL(tab.url()).search;
      await tab.keyboard.press('5');
      await ready();
      expect(search()).toBe('?r=28d');
      await tab.focus('[data-panel="breakdown-COUNTRY"] tr[data-value=DE] button');
      await tab.keyboard.press('Enter');
      await ready();
      expect(search()).toBe('?r=28d&f=country:DE');
      await tab.keyboard.press('ArrowRight');
      // The first one is for what is said of the number.
      await tab.waitForSelector('.hint');
      await tab.keyboard.press('Escape');
      await tab.waitForSelector('.hint', { state: 'detached' });
      expect(search()).toBe('?r=28d&f=country:DE');
      await tab.keyboard.press('Escape');
      expect(search()).toBe('?r=28d');
      await tab.goBack();
      await ready();
      expect(search()).toBe('?r=28d&f=country:DE');
      await tab.reload();
      await ready();
      expect(await tab.textContent('.chips')).toContain('Country is Germany');
      await tab.keyboard.press('x');
      expect(search()).toBe('?r=28d&c=none&f=country:DE');
      await tab.keyboard.press('/');
      await tab.keyboard.type('plain');
      await tab.waitForSelector('.found a');
      await tab.keyboard.press('ArrowDown');
      await tab.keyboard.press('Enter');
      await ready();
      expect(new URL(tab.url()).pathname).toBe('/media');
    });

    it('says why: the formula, and the query, which the API answers with that number', async () => {
      await newTab();
      await go(`${open.server.url}/?r=28d&f=country:DE`);
      await tab.click('.card:has([data-metric=WATCH_TIME]) .why-mark');
      expect(await tab.textContent('dialog')).toContain('watched seconds of the sessions');
      const query = (await tab.textContent('dialog pre')) ?? '';
      const { data, errors } = await sendGraphql(open.server.url, { query });
      expect(errors).toEqual([]);
      const { figures } = (data as { figures: { figures: { watchTime: number } } }).figures;
      expect(String(figures.watchTime)).toBe(await valueOf('figures', 'WATCH_TIME'));
      expect(await violations()).toEqual([]);
      await tab.waitForSelector('dialog a[href^="/graphiql#"]');
      await tab.keyboard.press('Escape');
      expect(await tab.$('dialog')).toBeNull();
    });

    it('leads from a title to its sessions, and from a session to its events', async () => {
      await newTab();
      await go(`${open.server.url}/sessions?f=media:title-3&r=28d`);
      const rows = await tab.$$('[data-panel=sessions] tbody tr');
      expect(rows).toHaveLength(4);
      const title = await tab.textContent('[data-panel=sessions] tbody .cut');
      expect(await tab.textContent('.chips bdi')).toBe(`Title is ${title ?? ''}`);
      await tab.click('[data-panel=sessions] tbody th a');
      await tab.waitForSelector('[data-panel=timeline]');
      await ready();
      const types = await tab.evaluate(`[...document.querySelectorAll(
        '[data-panel=timeline] tbody tr')].map(({ dataset }) => dataset.value)`);
      expect(types).toEqual(['SESSION_START', 'HEARTBEAT', 'BUFFERING', 'SESSION_END']);
    });

    it('keeps the last numbers while the server is out of reach, and comes back', async () => {
      await newTab();
      await go(`${open.server.url}/?r=28d`);
      const before = await valueOf('figures', 'VIEWS');
      await context.setOffline(true);
      await tab.click('.card:has([data-metric=AVERAGE_WATCH_TIME]) .face');
      await tab.keyboard.press('4');
      await tab.waitForSelector('[data-panel=offline]');
      expect(await valueOf('figures', 'VIEWS')).toBe(before);
      await context.setOffline(false);
      await tab.waitForSelector('[data-panel=offline]', { state: 'detached', timeout: 60_000 });
    });
  });

  it('asks for a key, says what is wrong with it, and keeps it out of addresses', async () => {
    await newTab();
    await go(keyed.server.url);
    const state = (): Promise<string | null> => tab.getAttribute('[data-panel=key]', 'data-state');
    expect(await state()).toBe('asked');
    expect(await violations()).toEqual([]);
    const enter = async (key: string): Promise<void> => {
      await tab.fill('[data-panel=key] input[type=password]', key);
      await tab.keyboard.press('Enter');
    };
    await enter('no-key-of-this-server');
    await tab.waitForSelector('[data-panel=key][data-state=wrong]');
    await enter(INGEST);
    await tab.waitForSelector('[data-panel=key][data-state=forbidden]');
    await enter(READ);
    await tab.waitForSelector('[data-panel=first]');
    await tab.reload();
    await tab.waitForSelector('[data-panel=first]');
    expect(tab.url()).not.toContain(READ);
    expect(await tab.evaluate('localStorage.getItem("playhead-key")')).toBeNull();
    await go(`${keyed.server.url}/system`);
    expect(await tab.textContent('[data-panel=system]')).toContain('admin key');
  });
});
