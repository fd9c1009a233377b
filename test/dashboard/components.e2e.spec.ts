import type { Browser, BrowserContext, ElementHandle, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { withServer } from '../support/e2e.js';
import { send, sendEvents } from '../support/http.js';
import { until } from '../support/polling.js';

const READ = 'a-read-key-for-tests-1';
const open = withServer();
const keyed = withServer({ READ_KEY: READ });

const HOUR_MS = 3_600_000;
const LENGTH = 200;
/** The events of a session of several pages. */
const MANY = 230;

/** A session with more events than one page of its timeline holds. */
const longSession = (): readonly object[] => {
  const startMs = Date.now() - 30 * HOUR_MS;
  return Array.from({ length: MANY }, (_, n) => ({
    ...{ mediaId: 'long', sessionId: 'long', eventId: String(n), duration: n === 0 ? 0 : 1 },
    eventType: n === 0 ? 'SESSION_START' : 'HEARTBEAT',
    occurredAt: new Date(startMs + n * 1_000).toISOString(),
  }));
};

/** Sessions of two titles: of the first each has a viewer, of the second none has. */
function events(): readonly object[] {
  const startMs = Date.now() - 20 * HOUR_MS;
  return ['known', 'anonymous'].flatMap((mediaId) =>
    [0, 1, 2].flatMap((n) => {
      const at = (seconds: number): string =>
        new Date(startMs + n * HOUR_MS + seconds * 1_000).toISOString();
      const common = { mediaId, sessionId: `${mediaId}-${String(n)}`, mediaDuration: LENGTH };
      const viewer = mediaId === 'known' ? { userId: `viewer-${String(n)}` } : {};
      const seen = { playedFrom: 0, playedTo: 60 + n * 10 };
      return [
        {
          ...{ ...common, ...viewer, eventType: 'SESSION_START', eventId: '1', occurredAt: at(0) },
          ...{ startupTime: 1.5, quality: '720p', context: { country: 'DE', player: 'a player' } },
        },
        {
          ...{ ...common, ...seen, eventType: 'HEARTBEAT', eventId: '2', occurredAt: at(70) },
          ...{ duration: 60 + n * 10, bytesLoaded: 3e7, quality: '1080p' },
        },
        // Bytes of which nobody says how long they took.
        {
          ...common,
          eventType: 'QUALITY_CHANGED',
          eventId: '3',
          occurredAt: at(75),
          bytesLoaded: 9,
        },
        { ...common, eventType: 'BUFFERING', eventId: '4', occurredAt: at(80), duration: 5 },
        { ...common, eventType: 'SESSION_END', eventId: '5', occurredAt: at(90), duration: 10 },
      ];
    }),
  );
}

describeWithChromium('the components of the dashboard', () => {
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;
  let session = '';
  const said: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    const { status } = await sendEvents(open.server.url, events());
    expect(status).toBe(202);
    expect((await sendEvents(open.server.url, longSession())).status).toBe(202);
    await open.client.register({ mediaId: 'unseen', title: 'Unseen', duration: LENGTH });
    await newTab();
    await go('/sessions?r=28d');
    session = (await tab.getAttribute('[data-panel=sessions] tbody tr', 'data-value')) ?? '';
    await context.close();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });
  const newTab = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<void> => {
    context = await browser.newContext(options);
    tab = await context.newPage();
    said.length = 0;
    tab.on('pageerror', (error) => said.push(error.message));
  };
  beforeEach(async () => {
    await newTab();
  });
  afterEach(async () => {
    expect(said).toEqual([]);
    await context.close();
  });
  const ready = async (): Promise<void> => {
    await tab.waitForSelector('html[data-ready]', { timeout: 60_000 });
  };
  const go = async (path: string): Promise<void> => {
    await tab.goto(`${open.server.url}${path}`);
    await ready();
  };
  const pages = (): readonly string[] => [
    ...['/?r=28d', '/live', '/media?id=known&r=28d', '/quality?r=28d', '/delivery?r=28d'],
    ...['/sessions?r=28d', `/sessions?id=${encodeURIComponent(session)}`, '/system'],
  ];
  /** What has the focus, by its role and text. */
  const focused = (): Promise<string> =>
    tab.evaluate(`((one) => one.tagName + ' ' + (one.id || one.className || one.type))(
      document.activeElement)`);

  /** The text of an element, once it has one. */
  const told = async (element: ElementHandle | null): Promise<string> => {
    for (let tries = 0; tries < 50; tries += 1) {
      const text = (await element?.textContent()) ?? '';
      if (text !== '') return text;
      await tab.waitForTimeout(20);
    }
    return '';
  };

  it('tells scripts each figure that it shows, by its name and its exact value', async () => {
    for (const path of pages()) {
      await go(path);
      const untold = await tab.evaluate(`[...document.querySelectorAll(
          'main :is(.value, td:not(.text), .change, .number, dd, .more > button)')]
        .filter((one) => /\\d/.test(one.textContent) && one.offsetParent !== null)
        .filter((one) => one.tagName !== 'DD' || /^[\\d.,]+( |$)/.test(one.textContent))
        .filter((one) => one.tagName !== 'TD' || !/:\\d\\d:/.test(one.textContent))
        .filter((one) => !one.closest('[data-metric], [data-previous]') &&
          one.querySelector('[data-metric], [data-previous]') === null)
        .filter((one) => !/^[A-Z][a-z]+ 20\\d\\d$/.test(one.textContent))
        .map((one) => one.outerHTML)`);
      expect([path, untold]).toEqual([path, []]);
      const wrong = await tab.evaluate(`[...document.querySelectorAll('[data-metric]')]
        .filter(({ dataset: { value, previous } }) => previous !== undefined ||
          !(value === '' || Number.isFinite(Number(value)) || !Number.isNaN(Date.parse(value))))
        .map((one) => one.outerHTML)`);
      expect([path, wrong]).toEqual([path, []]);
      const counts = await tab.$$eval('[data-metric]', (found) => found.length);
      expect(counts).toBeGreaterThan(3);
    }
  });

  it('says what a number is exactly, and how it came about, to pointers and the focus', async () => {
    await go('/?r=28d');
    const numbers = [
      '.card:has([data-metric=WATCH_TIME])',
      '[data-panel=breakdown-MEDIA] tbody tr:first-child .hinted:has([data-metric=VIEWS])',
    ];
    // The first move in a tab has no length, as that of a page under a resting pointer has none.
    await tab.mouse.move(1, 1);
    for (const number of numbers) {
      await tab.hover(number);
      await tab.waitForSelector(`${number} .hint:popover-open`);
      await tab.mouse.move(0, 0);
      await tab.waitForSelector('.hint', { state: 'detached' });
      // Browsers show a focus that came by a key.
      await tab.keyboard.press('Shift');
      await tab.focus(`${number} button`);
      await tab.waitForSelector(`${number} .hint:popover-open`);
      await tab.keyboard.press('Escape');
      await tab.waitForSelector('.hint', { state: 'detached' });
    }
    await tab.hover('.card:has([data-metric=WATCH_TIME])');
    const hint = await tab.waitForSelector('.hint:popover-open');
    const value = await tab.getAttribute('.card [data-metric=WATCH_TIME]', 'data-value');
    const text = (await hint.textContent()) ?? '';
    expect(text).toContain(`${Number(value).toLocaleString('en')} seconds`);
    expect(text).toContain('the period before: 0 seconds');
    expect(text).toContain('watched seconds of the sessions');
    const link = (await tab.getAttribute('.hint a', 'href')) ?? '';
    const page = await send(`${open.server.url}${link.split('#')[0] ?? ''}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`id="${link.split('#')[1] ?? ''}"`);
  });

  it('shows each chart as a figure with a sentence, a cursor for keys and a table', async () => {
    let figures = 0;
    for (const path of pages()) {
      await go(path);
      for (const figure of await tab.$$('main figure')) {
        figures += 1;
        const sentence = (await (await figure.$('figcaption'))?.textContent()) ?? '';
        expect([path, sentence]).toEqual([path, expect.stringMatching(/^[^.]+.*\.$/s)]);
        await (await figure.$('[role=application]'))?.focus();
        await tab.keyboard.press('End');
        await tab.keyboard.press('ArrowLeft');
        const reading = await figure.$('[aria-live]');
        expect(await told(reading)).not.toBe('');
        await (await figure.$('summary'))?.click();
        const table = await figure.waitForSelector('tbody tr');
        expect(await table.getAttribute('data-value')).toMatch(/^\d/);
      }
      // A value of the period before is one: other cells without a name are none.
      const before = await tab.$$eval('figure td[data-previous]', (found) => found.length);
      expect([path, before > 0]).toEqual([path, /^\/(\?|media|quality)/.test(path)]);
      const growing = await tab.evaluate(`[...document.querySelectorAll('figure tbody th')]
        .some(({ textContent }) => textContent.includes('(still growing)'))`);
      expect([path, growing]).toEqual([path, /^\/(\?|live|media|quality|delivery)/.test(path)]);
    }
    // Overview, live, delivery and a session have one, a title two, quality three.
    expect(figures).toBe(9);
  });

  it('gives the focus back: after dialogs, chips and wrong keys', async () => {
    await go('/?r=28d&f=country:DE&f=player:a+player');
    const why = '.card:has([data-metric=VIEWS]) .why-mark';
    await tab.focus(why);
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('dialog[open]');
    await tab.keyboard.press('Escape');
    await tab.waitForSelector('dialog', { state: 'detached' });
    expect(await focused()).toBe('BUTTON why-mark');
    for (const left of [1, 0]) {
      await tab.focus('.chips li:last-child button');
      await tab.keyboard.press('Enter');
      await until(async () => (await tab.$$('.chips li')).length === left);
      await ready();
      expect(await focused()).not.toContain('BODY');
    }
    await tab.focus('[data-panel=breakdown-MEDIA] .more button');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('[data-panel=all-MEDIA] tbody button');
    await tab.focus('[data-panel=all-MEDIA] tbody .name button');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('dialog', { state: 'detached' });
    await ready();
    expect(await focused()).not.toContain('BODY');
    await tab.goto(keyed.server.url);
    await tab.waitForSelector('[data-panel=key]');
    expect(await focused()).toBe('INPUT password');
    await tab.keyboard.type('no-key-of-this-server');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('[data-panel=key][data-state=wrong]');
    expect(await focused()).toBe('INPUT password');
  });

  it('takes what nobody knows for that: views without a viewer have not none', async () => {
    await go('/media?id=anonymous&r=28d');
    const card = '.card:has([data-metric=UNIQUE_VIEWERS])';
    expect(await tab.getAttribute(`${card} [data-metric]`, 'data-value')).toBe('');
    expect(await tab.textContent(card)).toContain('0 of 3 views have a viewer');
    await go('/media?id=known&r=28d');
    expect(await tab.getAttribute(`${card} [data-metric]`, 'data-value')).toBe('3');
  });

  it('names the filter that leaves nothing, on every panel that is empty for it', async () => {
    const filter = 'r=28d&f=country:XX';
    for (const path of ['/?', '/live?', '/media?id=known&', '/quality?', '/sessions?']) {
      await go(`${path}${filter}`);
      const silent = await tab.evaluate(`[...document.querySelectorAll('[data-state=empty]')]
        .filter(({ textContent }) => !textContent.includes('Without: Country is XX'))
        .map(({ dataset }) => dataset.panel)`);
      const empty = await tab.$$eval('[data-state=empty]', (found) => found.length);
      expect([path, silent]).toEqual([path, []]);
      expect(empty).toBeGreaterThan(0);
    }
    await tab.click('.nothing button');
    await ready();
    expect(await tab.$('.chips')).toBeNull();
  });

  it('leads by the arrow keys to every number of a table, past cells without one', async () => {
    const metric = (): Promise<string> => tab.evaluate(`document.activeElement.dataset.metric`);
    await go('/sessions?r=28d');
    await tab.focus('[data-panel=sessions] tbody tr:first-child th a');
    for (const name of [undefined, 'watchTime', 'stalls', 'startupTime', 'startupTime']) {
      await tab.keyboard.press('ArrowRight');
      expect(await metric()).toBe(name);
    }
    await go('/system');
    await tab.focus('[data-panel=ingest] tbody [data-metric=accepted]');
    await tab.keyboard.press('ArrowDown');
    expect(await metric()).toBe('duplicates');
    await tab.keyboard.press('Enter');
    expect(await tab.textContent('dialog')).toContain('had been stored before');
    await tab.keyboard.press('Escape');
    await tab.click('[data-panel=system] [data-metric=lagSeconds]');
    expect(await tab.textContent('dialog')).toContain('the age of the oldest event not applied');
  });

  it('takes rows for what they are by, while those of another dimension are awaited', async () => {
    await go('/?r=28d');
    await tab.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('by: DEVICE') !== true) await route.continue();
    });
    await tab.click('.tabs button:text-is("Device")');
    const side = '[data-panel=breakdown-COUNTRY][data-state=loading]';
    await tab.waitForSelector(side);
    await tab.click(`${side} tr[data-value=DE] .name button`);
    expect(new URL(tab.url()).search).toBe('?r=28d&f=country:DE&by=device');
  });

  it('shows figures where their lines are refused', async () => {
    await tab.route('**/graphql', async (route) => {
      const [, path] = /(first|second): timeSeries/.exec(route.request().postData() ?? '') ?? [];
      const errors = [{ message: 'no', path: [path], extensions: { code: 'TIMEOUT' } }];
      if (path === undefined) await route.continue();
      else await route.fulfill({ json: { data: null, errors } });
    });
    await go('/?r=28d');
    const state = (panel: string) => tab.getAttribute(`[data-panel=${panel}]`, 'data-state');
    expect([await state('figures'), await state('chart')]).toEqual(['ready', 'error']);
    expect(await tab.$$('.card')).toHaveLength(10);
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('reads all events of a session before it is ready, and again what was refused', async () => {
    await go('/sessions?r=28d&f=media:long');
    let refused = 0;
    await tab.route('**/graphql', async (route) => {
      const isLater = route.request().postData()?.includes('"after":"') === true;
      if (isLater && (refused += 1) === 1) {
        const errors = [{ message: 'busy', extensions: { code: 'OVERLOADED' } }];
        await route.fulfill({ status: 503, headers: { 'retry-after': '2' }, json: { errors } });
      } else await route.continue();
    });
    await tab.click('[data-panel=sessions] tbody th a');
    const timeline = '[data-panel=timeline]';
    await tab.waitForSelector(`${timeline}[data-state=error]`, { timeout: 60_000 });
    await tab.waitForSelector(`${timeline}[data-state=ready]`, { timeout: 60_000 });
    expect(await tab.$$(`${timeline} .rows tbody tr`)).toHaveLength(MANY);
    await tab.reload();
    await ready();
    expect(await tab.$$(`${timeline} .rows tbody tr`)).toHaveLength(MANY);
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('says which parts of the address do not hold, and offers no filter that does not', async () => {
    await go('/?r=28d&i=minute&by=errorCode&x=1');
    expect(await tab.$$('[data-panel=ignored] code')).toHaveLength(3);
    const left = (await tab.textContent('[data-panel=ignored]')) ?? '';
    for (const part of ['x=1', 'i=minute', 'by=errorCode']) expect(left).toContain(part);
    await go('/media?id=known&r=28d&f=media:anonymous&f=country:XX');
    expect(await tab.$$('.chips li')).toHaveLength(1);
    expect(await tab.textContent('main')).not.toContain('Without: Title');
    await tab.click('.card:has([data-metric=viewers]) .why-mark');
    expect(await tab.getAttribute('dialog a[href^="/live"]', 'href')).toContain('f=media:known');
    await go('/media?id=unseen&r=28d');
    expect(await tab.textContent('[data-panel=retention]')).toContain('Nobody watched it');
    const perHour = '[data-metric=costPerHour]';
    await go('/delivery?r=28d');
    const cost = await tab.getAttribute(perHour, 'data-value');
    expect(Number(cost)).toBeGreaterThan(0);
    await go('/delivery?r=28d&f=country:XX&f=endReason:');
    expect(await tab.getAttribute(perHour, 'data-value')).toBe(cost);
    expect(await tab.textContent('.chips')).toContain('End is not over');
    expect(await tab.textContent('[data-panel=unfiltered]')).toContain('Country is XX; End is');
    await tab.waitForSelector('.card:has([data-metric=bytes]) [data-previous]', {
      state: 'attached',
    });
  });

  it('hides no cell of a table where the window is narrow', async () => {
    await context.close();
    await newTab({ viewport: { width: 320, height: 700 } });
    for (const path of pages()) {
      await go(path);
      const lost = await tab.evaluate(`[...document.querySelectorAll('main .rows tbody > tr > *')]
        .filter((cell) => cell.textContent !== '')
        .filter((cell) => {
          const { width, left, right } = cell.getBoundingClientRect();
          const least = cell.matches('th') ? 150 : 1;
          return width < least || left < 0 || right > innerWidth;
        }).length`);
      const beyond = await tab.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, lost, beyond]).toEqual([path, 0, 0]);
    }
  });
});
