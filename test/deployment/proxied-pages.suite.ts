import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { KEYS, type Proxied } from '../support/proxied.js';
import { makeMedia, Site } from '../support/tracked-page.js';

const MINUTE_MS = 60_000;
/** Less than what a proxy that holds events back takes to give up. */
const SOON_MS = 45_000;
/** What Chromium says of a page that asks for a key, and of the answer that tells it to. */
const PASSED_OVER = /^\[DOM\]|\b401\b/;

/** What holds of the pages that people see: of a site that reports, and of the dashboard. */
export function proxiedPagesSuite(under: Proxied): void {
  describeWithChromium(`pages in a browser, behind ${under.kind}`, () => {
    let browser: Browser;
    let site: Site;
    let tab: Page;
    const said: string[] = [];

    beforeAll(async () => {
      makeMedia(under.folder);
      site = new Site(under.folder, under.certificate);
      await site.open();
      browser = await startBrowser();
    }, MINUTE_MS);
    afterAll(async () => {
      await browser.close();
      site.close();
    });
    beforeEach(async () => {
      said.length = 0;
      tab = await browser.newPage({ ignoreHTTPSErrors: true });
      tab.on('console', (message) => said.push(message.text()));
      tab.on('pageerror', (error) => said.push(error.message));
    });
    afterEach(async () => {
      await tab.close({ runBeforeUnload: false });
    });

    const ask = async (query: string): Promise<Readonly<Record<string, unknown>>> => {
      const { json } = await under.client.send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...withKey(KEYS.read) },
        body: JSON.stringify({ query }),
      });
      return json.data as Readonly<Record<string, unknown>>;
    };
    const viewsOf = async (mediaId: string): Promise<number> => {
      const data = await ask(`{ streamingAnalytics(mediaId: "${mediaId}") { totalViews } }`);
      return (data.streamingAnalytics as { totalViews: number }).totalViews;
    };
    /** Opens a page of another origin, with the tracker's line and a film in it. */
    const openFilm = async (mediaId: string): Promise<void> => {
      const film = `<video src="film.mp4" muted data-playhead-media="${mediaId}"></video>`;
      await tab.goto(site.page(under.origin, `data-key="${KEYS.ingest}"`, film));
      expect(new URL(tab.url()).origin).not.toBe(under.origin);
    };
    const play = (): Promise<unknown> => tab.evaluate(`document.querySelector('video').play()`);
    /** Sends what hls.js would from the page that is open; what the page can read of the answer. */
    const report = (sid: string): Promise<unknown> => {
      const line = (sn: number, state: string): string =>
        `cid="by-cmcd",e=ps,sid="${sid}",sn=${String(sn)},sta=${state},` +
        `ts=${String(Date.now() + sn)},v=2`;
      return tab.evaluate(`fetch('${under.origin}/cmcd?key=${KEYS.ingest}&player=hls.js', {
        method: 'POST', headers: { 'content-type': 'application/cmcd' },
        body: ${JSON.stringify(`${line(0, 's')}\n${line(1, 'p')}\n`)},
      }).then(async (answer) => [answer.status, (await answer.text()) || null,
        answer.headers.get('position') !== null])`);
    };

    it('counts a view that the tracker reports', async () => {
      await openFilm('by-tracker');
      await play();
      await until(async () => (await viewsOf('by-tracker')) === 1, SOON_MS);
      expect(said).toEqual([]);
    });

    it('counts a view that a player reports by CMCD', async () => {
      await openFilm('not-played');
      expect(await report('cmcd-1')).toEqual([204, null, true]);
      await until(async () => (await viewsOf('by-cmcd')) === 1, SOON_MS);
      expect(said).toEqual([]);
    });

    it('shows the dashboard to a read key, and what comes while it is open', async () => {
      await tab.goto(`${under.origin}/?r=28d`);
      await tab.fill('[data-panel=key] input[type=password]', KEYS.read);
      await tab.keyboard.press('Enter');
      const shown = '[data-panel=figures] [data-metric=VIEWS]';
      await tab.waitForSelector(shown, { timeout: SOON_MS });
      expect(Number(await tab.getAttribute(shown, 'data-value'))).toBeGreaterThan(1);
      await tab.goto(`${under.origin}/live?f=media:on-air`);
      const viewers = (count: number): Promise<unknown> =>
        tab.waitForSelector(
          `[data-panel=live] .card [data-metric=viewers][data-value="${String(count)}"]`,
          { timeout: SOON_MS },
        );
      await viewers(0);
      const { status } = await under.client.send('/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...withKey(KEYS.ingest) },
        body: JSON.stringify([{ mediaId: 'on-air', sessionId: 's', eventType: 'SESSION_START' }]),
      });
      expect(status).toBe(202);
      await viewers(1);
      expect(said.filter((text) => !PASSED_OVER.test(text))).toEqual([]);
    });

    it('counts a view once that begins while the server is away', async () => {
      await openFilm('while-away');
      await under.stopServer();
      await play();
      // The page can read the answer of the proxy.
      const waits = 'events wait, as the server answers 502';
      await until(() => said.some((text) => text.includes(waits)), SOON_MS);
      const [status, text] = (await report('cmcd-2')) as readonly unknown[];
      expect([status, JSON.parse(String(text))]).toMatchObject([
        502,
        { code: 'STORE_UNAVAILABLE' },
      ]);
      await under.startServer();
      await until(async () => (await viewsOf('while-away')) === 1, SOON_MS);
      await tab.goto('about:blank');
      const count = `{ sessions(range: { from: "${ago(1)}", to: "${ago(-1)}" }, first: 9,
        filter: [{ dimension: MEDIA, anyOf: ["while-away"] }]) { edges { node { state } } } }`;
      const { sessions } = await ask(count);
      expect((sessions as { edges: unknown[] }).edges).toHaveLength(1);
      expect(await viewsOf('while-away')).toBe(1);
    });
  });
}

const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
