import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { describeWithChromium } from '../support/chromium.js';
import { sendEvents } from '../support/http.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const MODEL = 'bandwidth';
const SESSIONS = 60;
const TRIES = 20;
const SETTINGS = { LIVE_WINDOW_SECONDS: '15' };
const WAIT = { timeout: 60_000 };

const clockIn = (timeZone: string, timeMs: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(timeMs);

/** Puts an event into the log that no read model can take. */
async function poison(folder: string): Promise<void> {
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  const event = { type: 'heartbeat', version: 1, data: {} };
  const [outcome] = await store.append([
    {
      stream: `playhead-playback-${randomUUID()}`,
      expectedRevision: NO_STREAM,
      events: [{ ...event, id: randomUUID(), recordedAt: Date.now() }],
    },
  ]);
  expect(outcome?.kind).toBe('appended');
  await store.close();
}

/** Sessions that are over, and tries of a title that nobody came to see. */
const events = (): readonly object[] => [
  ...Array.from({ length: SESSIONS }, (_, i) => [
    { mediaId: 'seen', sessionId: `s${String(i)}`, eventType: 'SESSION_START', quality: '720p' },
    { mediaId: 'seen', sessionId: `s${String(i)}`, eventType: 'SESSION_END', duration: 10 },
  ]).flat(),
  ...Array.from({ length: TRIES }, (_, i) => [
    { mediaId: 'broken', sessionId: `b${String(i)}`, eventType: 'PLAY_REQUESTED' },
    { mediaId: 'broken', sessionId: `b${String(i)}`, eventType: 'PLAYBACK_ERROR', errorCode: 'x' },
  ]).flat(),
];

describeWithChromium('the dashboard while things change', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  let browser: Browser;
  let context: BrowserContext;
  let tab: Page;

  beforeAll(async () => {
    browser = await startBrowser();
    const first = await startServer(folder, SETTINGS);
    expect((await sendEvents(first.url, events())).status).toBe(202);
    expect(await first.stop()).toBe(0);
    await poison(folder);
    server = await startServer(folder, SETTINGS);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await endLeftovers();
    removeFolder(folder);
  });
  beforeEach(async () => {
    context = await browser.newContext({ timezoneId: 'Europe/Berlin' });
    tab = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
  });
  const go = async (path: string): Promise<void> => {
    await tab.goto(`${server.url}${path}`);
    await tab.waitForSelector('html[data-ready]', WAIT);
  };

  it('turns the pages of a range that moves, each of the same times', async () => {
    const ranges: unknown[] = [];
    tab.on('request', (request) => {
      const asked = request.postData() ?? '';
      if (!asked.includes('sessions(range')) return;
      ranges.push((JSON.parse(asked) as { variables: { range: unknown } }).variables.range);
    });
    await go('/sessions?r=1h');
    expect(await tab.$$('[data-panel=sessions] tbody tr')).toHaveLength(50);
    await tab.click('[data-panel=sessions] button:text-is("Older")');
    await tab.waitForSelector('[data-panel=sessions] button:text-is("Newer"):enabled', WAIT);
    await tab.waitForSelector('html[data-ready]', WAIT);
    expect(await tab.$$('[data-panel=sessions] tbody tr')).toHaveLength(SESSIONS + TRIES - 50);
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toEqual(ranges[0]);
  });

  it('counts viewers down though no event comes', async () => {
    const event = { mediaId: 'seen', sessionId: 'now', eventType: 'SESSION_START' };
    await sendEvents(server.url, [event]);
    await go('/?r=2026-01-01');
    const viewers = (count: number): string =>
      `[data-metric=viewers][data-value="${String(count)}"]`;
    await tab.waitForSelector(viewers(1), WAIT);
    await tab.waitForSelector(viewers(0), WAIT);
  });

  it('says why nobody tells who watches, and shows it as soon as somebody does', async () => {
    const body = JSON.stringify({
      errors: [{ message: 'no', extensions: { code: 'OVERLOADED' } }],
    });
    await tab.route('**/graphql', async (route) => {
      const isStream = route.request().headers().accept === 'text/event-stream';
      if (isStream) await route.fulfill({ status: 503, contentType: 'application/json', body });
      else await route.continue();
    });
    await go('/live');
    const panel = '[data-panel=live]';
    expect(await tab.getAttribute(panel, 'data-state')).toBe('error');
    expect(await tab.textContent(panel)).toContain('OVERLOADED');
    await tab.unroute('**/graphql');
    await tab.waitForSelector(`${panel}[data-state=ready] [data-metric=viewers]`, WAIT);
    // The last numbers are those of the stream, which tells later than the page was loaded.
    await tab.waitForTimeout(1_500);
    const sentAt = Math.floor(Date.now() / 1_000) * 1_000;
    const event = { mediaId: 'seen', sessionId: 'later', eventType: 'SESSION_START' };
    await sendEvents(server.url, [event]);
    await tab.waitForSelector('[data-metric=viewers][data-value="1"]', WAIT);
    await tab.route('**/graphql', (route) => route.abort());
    await tab.click('[data-panel=breakdown-MEDIA] .name button');
    const notice = (await tab.textContent('[data-panel=offline]')) ?? '';
    const [clock = ''] = /\d\d:\d\d:\d\d/.exec(notice) ?? [];
    expect(clock >= clockIn('Europe/Berlin', sentAt)).toBe(true);
    expect(await tab.textContent('.pill')).toBe('not followed');
  });

  it('says where no stream tells what is new, and asks for the key that it lacks', async () => {
    const refuse = (status: number, code: string) => async (route: Route) => {
      const isStream = route.request().headers().accept === 'text/event-stream';
      const json = { errors: [{ message: 'no', extensions: { code } }] };
      if (isStream) await route.fulfill({ status, json });
      else await route.continue();
    };
    await tab.route('**/graphql', refuse(502, 'BAD_GATEWAY'));
    await go('/?r=24h');
    await tab.waitForSelector('.notice:has-text("BAD_GATEWAY")', WAIT);
    expect(await tab.textContent('.pill')).toBe('not followed');
    expect(await tab.$('[data-panel=offline]')).toBeNull();
    await tab.unroute('**/graphql');
    await tab.waitForSelector('.pill:text-is("up to date")', WAIT);
    await tab.route('**/graphql', refuse(401, 'UNAUTHENTICATED'));
    await tab.reload();
    await tab.waitForSelector('[data-panel=key][data-state=asked]', WAIT);
  });

  it('lists what nobody came to see as the worst', async () => {
    await go('/quality?r=24h&by=media');
    const panel = '[data-panel=breakdown-MEDIA]';
    const rows = (): Promise<unknown> =>
      tab.evaluate(`[...document.querySelectorAll('${panel} tbody tr')].map(
        ({ dataset }) => dataset.value)`);
    expect(await rows()).toEqual(['broken', 'seen']);
    await tab.fill(`${panel} input[type=number]`, '500');
    await tab.press(`${panel} input[type=number]`, 'Tab');
    await tab.waitForSelector(`${panel} .nothing:has-text("No row has 500 attempts or more")`);
    await tab.click(`${panel} .nothing button`);
    await tab.waitForSelector(`${panel} tbody tr`);
    expect(await rows()).toEqual(['broken', 'seen']);
  });

  it('advises no longer range where no length of a title is known', async () => {
    await go('/media?id=seen&r=24h');
    const told = await tab.textContent('[data-panel=retention]');
    expect(told).toContain('no length is registered');
    expect(told).not.toContain('Choose a longer range');
  });

  it('has a page where an address names no title', async () => {
    await go('/media?id=');
    expect(await tab.getAttribute('[data-panel=media]', 'data-state')).toBe('empty');
    expect(await tab.$('[data-state=error]')).toBeNull();
  });

  it('carries out what is ordered of a read model, and shows what it changed', async () => {
    await go('/system');
    const model = `[data-panel=system] [data-value="${MODEL}"]`;
    const parked = `[data-panel=parked-${MODEL}]`;
    const press = async (name: string, isAskedAgain = true): Promise<void> => {
      await tab.click(`${model} .actions button:text-is("${name}"):enabled`, WAIT);
      if (isAskedAgain) await tab.click(`dialog button.primary`);
    };
    const says = async (text: string): Promise<void> => {
      await tab.waitForSelector(`${model} .said:has-text("${text}")`, WAIT);
    };
    expect(await tab.$$(`${parked} li`)).toHaveLength(1);
    await press('Retry parked events', false);
    await says('Retry parked events: bandwidth is live.');
    await press('Verify');
    await says('compared, 0 differ');
    await tab.route('**/graphql', async (route) => {
      const first = { document: 'media/x', expected: '{"bytes":2}', found: null, positions: ['7'] };
      const done = { name: MODEL, version: 1, position: '9', documents: 3, differing: 1 };
      const json = { data: { done: { ...done, parked: 0, first: { ...first, isCut: false } } } };
      const isVerify = route.request().postData()?.includes('verifyProjection') === true;
      if (isVerify) await route.fulfill({ json });
      else await route.continue();
    });
    await press('Verify');
    await says('3 documents compared, 1 differs');
    const difference = await tab.textContent(`${model} .said [data-value="media/x"]`);
    expect(difference).toMatch(/media\/x.*As the log says\{"bytes":2\}.*There is none\./);
    await tab.unroute('**/graphql');
    await tab.click(`${parked} li button`);
    await tab.fill('dialog input', 'it is of no use');
    await tab.click('dialog button[type=submit]');
    await tab.waitForSelector(`${parked} li:has-text("Given up: it is of no use")`, WAIT);
    await tab.waitForSelector(`${model} [data-metric=parkedEvents][data-value="0"]`, WAIT);
    await press('Rebuild');
    await tab.waitForSelector(`${model}:has-text("Last rebuild: switched")`, WAIT);
    await press('Roll back');
    await says('Roll back: bandwidth');
    await tab.waitForSelector(`${model} button:text-is("Rebuild"):enabled`, WAIT);
    expect(await tab.$$(`[data-state=error]`)).toHaveLength(0);
  });
});
