import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { until } from '../support/polling.js';
import { startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { over, toldSessions, type Told } from '../support/told-sessions.js';
import { makeMedia, Site } from '../support/tracked-page.js';

const INGEST = 'an-ingest-key-for-tests';
const ADMIN = 'an-admin-key-for-tests';
const SETTINGS = { INGEST_KEY: INGEST, ADMIN_KEY: ADMIN };

const NOTE_PAGE_EVENTS = `
  window.shown = [];
  addEventListener('pageshow', ({ persisted }) => window.shown.push(persisted));`;
/** All that some browsers let a page know that is kept and comes back. */
const goAway = `dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`;
const comeBack = `dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`;
const ASK_PRIVACY = `Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })`;

describeWithChromium('the tracker from visit to visit', () => {
  const folder = temporaryFolder();
  const dataDir = temporaryFolder();
  const site = new Site(folder);
  const said: string[] = [];
  let server: TestServer;
  let browser: Browser;
  let visitor: BrowserContext;
  let tab: Page;

  beforeAll(async () => {
    makeMedia(folder);
    await site.open();
    server = await startServer(dataDir, SETTINGS);
    browser = await startBrowser({ keepsPages: true });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.stop();
    site.close();
    removeFolder(folder);
    removeFolder(dataDir);
  });
  beforeEach(async () => {
    said.length = 0;
    visitor = await browser.newContext();
    tab = await newTab();
  });
  afterEach(async () => {
    await visitor.close();
  });

  async function newTab(): Promise<Page> {
    const page = await visitor.newPage();
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    await page.addInitScript(NOTE_PAGE_EVENTS);
    return page;
  }
  /** Opens a page with a film; the address, under which it stays the same. */
  async function open(mediaId: string, attributes = ''): Promise<string> {
    const film = `<video src="film.mp4" controls muted data-playhead-media="${mediaId}"></video>`;
    const address = site.page(server.url, `data-key="${INGEST}" ${attributes}`, film);
    await tab.goto(address);
    return address;
  }
  const run = (script: string): Promise<unknown> => tab.evaluate(script);
  const play = (): Promise<unknown> => run(`document.querySelector('video').play()`);
  const holds = (condition: string): Promise<void> =>
    until(async () => (await run(condition)) === true, 30_000);
  const passes = (seconds: number): Promise<void> =>
    holds(`document.querySelector('video').currentTime >= ${String(seconds)}`);
  const position = async (): Promise<number> =>
    (await run(`document.querySelector('video').currentTime`)) as number;
  const told = (
    mediaId: string,
    isTold: (sessions: readonly Told[]) => boolean,
  ): Promise<readonly Told[]> => toldSessions(server.url, ADMIN, mediaId, isTold);
  const count = (wanted: number, state: string) => (sessions: readonly Told[]) =>
    sessions.length === wanted && over(state)(sessions);
  const watchTimeOf = (sessions: readonly Told[]): number =>
    sessions.reduce((sum, { watchTime }) => sum + watchTime, 0);
  const startsOf = (sessions: readonly Told[]): readonly number[] =>
    sessions.map(({ timeline }) => timeline.filter(isStart).length);
  const isStart = ({ type }: { readonly type: string }): boolean => type === 'SESSION_START';

  describe('where the browser keeps pages that are left', () => {
    const leaveTo = (address: string): Promise<unknown> => tab.goto(`${address}elsewhere.html`);
    const goBack = async (): Promise<void> => {
      await tab.goBack({ waitUntil: 'commit' });
      await holds('window.shown.at(-1) === true');
    };

    it('ends the session of a page that is left, and begins another as it comes back', async () => {
      const address = await open('kept');
      await play();
      await passes(2);
      await leaveTo(address);
      const [first] = await told('kept', count(1, 'QUIT'));
      await goBack();
      await passes(4);
      await leaveTo(address);
      const sessions = await told('kept', count(2, 'QUIT'));
      expect(startsOf(sessions)).toEqual([1, 1]);
      expect(sessions.map(({ sessionId }) => sessionId)).toContain(first?.sessionId);
      expect(sessions.find((one) => one.sessionId === first?.sessionId)).toEqual(first);
      await goBack();
      const shownS = await position();
      expect(Math.abs(watchTimeOf(sessions) - shownS)).toBeLessThanOrEqual(0.4);
    }, 60_000);

    it('tells nothing of a page that comes back with a film that is paused or over', async () => {
      const address = await open('still');
      await run(`document.querySelector('video').currentTime = 8.5`);
      await play();
      await holds(`document.querySelector('video').ended`);
      await leaveTo(address);
      await goBack();
      await leaveTo(address);
      await goBack();
      const [session, ...others] = await told('still', count(1, 'ENDED'));
      expect(others).toEqual([]);
      expect(session?.timeline.filter(isStart)).toHaveLength(1);
    }, 60_000);

    it('counts on where the browser lets the film play on and says nothing', async () => {
      await open('quiet');
      await play();
      await passes(1.5);
      const leftAt = await position();
      await run(goAway);
      await told('quiet', count(1, 'QUIT'));
      await passes(leftAt + 1);
      const backAt = await position();
      await run(comeBack);
      await passes(backAt + 2);
      const endS = await position();
      await run(goAway);
      const sessions = await told('quiet', count(2, 'QUIT'));
      expect(startsOf(sessions)).toEqual([1, 1]);
      expect(sessions.map(({ startupTime }) => startupTime)).toContain(null);
      const shownS = leftAt + endS - backAt;
      expect(Math.abs(watchTimeOf(sessions) - shownS)).toBeLessThanOrEqual(0.4);
    }, 60_000);
  });

  describe('with data-store', () => {
    const asked = (names: string, script: string): string => `new Promise((resolve, reject) => {
      const request = indexedDB.open('playhead', 1);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const store = request.result.transaction(${names}).objectStore(${names});
        const asked = ${script};
        asked.onsuccess = () => { request.result.close(); resolve(asked.result); };
      };
    })`;
    const kept = async (): Promise<readonly { readonly eventType: string }[]> =>
      (await run(asked(`'events'`, 'store.getAll()'))) as readonly { eventType: string }[];
    const viewerId = async (): Promise<unknown> => run(asked(`'viewer'`, `store.get('viewer')`));
    const databases = async (): Promise<unknown> => run('indexedDB.databases()');

    it('brings a view and its end once, of a page that was left without a server', async () => {
      const address = await open('outage', 'data-store');
      await holds(`typeof window.playhead === 'object'`);
      const port = new URL(server.url).port;
      await server.stop();
      await play();
      await passes(2);
      await tab.reload();
      await holds(`typeof window.playhead === 'object'`);
      expect((await kept()).map(({ eventType }) => eventType)).toEqual(
        expect.arrayContaining(['SESSION_START', 'SESSION_END']),
      );
      const viewer = await viewerId();
      await tab.close();
      server = await startServer(dataDir, { ...SETTINGS, PORT: port });
      tab = await newTab();
      await tab.goto(address);
      const [session] = await told('outage', count(1, 'QUIT'));
      expect(session?.timeline.filter(isStart)).toHaveLength(1);
      expect(session?.watchTime).toBeGreaterThan(1.7);
      expect(session?.watchTime).toBeLessThan(3);
      await until(async () => (await kept()).length === 0, 10_000);
      await play();
      await passes(1);
      await tab.goto('about:blank');
      const sessions = await told('outage', count(2, 'QUIT'));
      expect(startsOf(sessions)).toEqual([1, 1]);
      expect(viewer).toEqual(expect.stringMatching(/^[\da-f-]{36}$/));
      expect(new Set(sessions.map((one) => one.viewer)).size).toBe(1);
      expect(sessions[0]?.viewer).toEqual(expect.any(String));
    }, 90_000);

    it.each(['data-store', ''])(
      'removes what an earlier visit kept once the viewer asks for privacy (%s)',
      async (attributes) => {
        const port = new URL(server.url).port;
        await open(`private${attributes}`, 'data-store');
        await holds(`typeof window.playhead === 'object'`);
        await server.stop();
        await play();
        await passes(1);
        await until(async () => (await kept()).length > 0, 10_000);
        expect(await viewerId()).toEqual(expect.any(String));
        const earlier = tab;
        tab = await newTab();
        await tab.addInitScript(ASK_PRIVACY);
        await open(`private${attributes}`, attributes);
        await until(async () => JSON.stringify(await databases()) === '[]', 10_000);
        server = await startServer(dataDir, { ...SETTINGS, PORT: port });
        await play();
        await passes(1);
        await tab.goto('about:blank');
        await earlier.close();
        const sessions = await told(`private${attributes}`, (all) =>
          all.some(({ state, viewer }) => state === 'QUIT' && viewer === null),
        );
        expect(sessions.filter(({ viewer }) => viewer === null)).toHaveLength(1);
        expect(said.filter((text) => /InvalidState|Uncaught/.test(text))).toEqual([]);
      },
      90_000,
    );
  });
});
