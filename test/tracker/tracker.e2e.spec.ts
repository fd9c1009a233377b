import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { withServer } from '../support/e2e.js';
import { until } from '../support/polling.js';
import { temporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { over, toldSessions, type Told } from '../support/told-sessions.js';
import { makeMedia, NOTE_MEDIA_EVENTS, Site, type NotedEvent } from '../support/tracked-page.js';

const INGEST = 'an-ingest-key-for-tests';
const ADMIN = 'an-admin-key-for-tests';
const under = withServer({ INGEST_KEY: INGEST, ADMIN_KEY: ADMIN });

const LENGTH_S = 0.05;

describeWithChromium('the tracker on a page of another origin with a strict policy', () => {
  const folder = temporaryFolder();
  const site = new Site(folder);
  const said: string[] = [];
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    makeMedia(folder);
    await site.open();
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    site.close();
    removeFolder(folder);
  });
  beforeEach(async () => {
    said.length = 0;
    tab = await browser.newPage();
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(error.message));
    await tab.addInitScript(NOTE_MEDIA_EVENTS);
  });
  afterEach(async () => {
    await tab.close({ runBeforeUnload: false });
  });

  const open = async (body: string, attributes = `data-key="${INGEST}"`): Promise<void> => {
    await tab.goto(site.page(under.server.url, attributes, body));
  };
  const film = (mediaId: string, attributes = ''): string =>
    `<video src="film.mp4" controls muted data-playhead-media="${mediaId}" ${attributes}></video>`;
  const run = (script: string): Promise<unknown> => tab.evaluate(script);
  const play = (): Promise<unknown> => run(`document.querySelector('video, audio').play()`);
  /** Waits in here: the policy of the page lets nobody evaluate in there again and again. */
  const holds = (condition: string): Promise<void> =>
    until(async () => (await run(condition)) === true, 30_000);
  const passes = (seconds: number): Promise<void> =>
    holds(`document.querySelector('video, audio').currentTime >= ${String(seconds)}`);
  const ends = (): Promise<void> => holds(`document.querySelector('video, audio').ended`);
  const noted = async (): Promise<readonly NotedEvent[]> =>
    (await run('window.noted')) as readonly NotedEvent[];

  const told = (
    mediaId: string,
    isTold: (sessions: readonly Told[]) => boolean,
  ): Promise<readonly Told[]> => toldSessions(under.server.url, ADMIN, mediaId, isTold);

  it('tells of a view that is played to its end', async () => {
    await open(film('plain'));
    await play();
    await ends();
    const [session] = await told('plain', over('ENDED'));
    expect(session).toMatchObject({
      completed: true,
      stalls: 0,
      quality: 'LOW',
      viewer: null,
      context: { page: expect.stringMatching(/^127\.0\.0\.1/) as unknown, device: 'DESKTOP' },
    });
    expect(Math.abs((session?.watchTime ?? 0) - 10)).toBeLessThanOrEqual(0.1);
    expect(session?.startupTime).toBeLessThan(3);
    const types = session?.timeline.map(({ type }) => type).filter((type) => type !== 'HEARTBEAT');
    expect(types).toEqual(['PLAY_REQUESTED', 'SESSION_START', 'SESSION_END']);
    expect(said).toEqual([]);
  }, 60_000);

  it('tells of pauses and seeks, and that the page was left', async () => {
    await open(film('paused'));
    await play();
    await passes(1.5);
    await run(`document.querySelector('video').pause()`);
    await tab.waitForTimeout(1_000);
    await play();
    await passes(2.5);
    await run(`document.querySelector('video').currentTime = 7`);
    await passes(8);
    const events = await noted();
    const leftAt = (await run('performance.now()')) as number;
    await tab.goto('about:blank');
    const [session] = await told('paused', over('QUIT'));
    const at = (name: string, nth = 0): number =>
      events.filter((event) => event.name === name)[nth]?.at ?? NaN;
    const pauseS = (at('playing', 1) - at('pause')) / 1_000;
    const watchedS = (at('pause') - at('playing')) / 1_000 + (leftAt - at('playing', 1)) / 1_000;
    const durations = (type: string): readonly (number | null)[] =>
      session?.timeline.filter((one) => one.type === type).map(({ duration }) => duration) ?? [];
    expect(durations('PAUSED')).toHaveLength(1);
    expect(durations('RESUMED')).toEqual([expect.closeTo(pauseS, 1)]);
    const sought = durations('SEEKED').reduce<number>((sum, length) => sum + (length ?? 0), 0);
    expect((session?.watchTime ?? 0) + sought).toBeGreaterThan(watchedS - 0.3);
    expect((session?.watchTime ?? 0) + sought).toBeLessThan(watchedS + 0.3);
    expect(session).toMatchObject({ completed: false, stalls: 0 });
  }, 60_000);

  it('tells of a stall, as long as it took', async () => {
    site.withhold(0.4);
    await open(film('stalled'));
    await play();
    await holds(`window.noted.some(({ name, position }) => name === 'waiting' && position > 1)`);
    await tab.waitForTimeout(2_000);
    site.release();
    await ends();
    const [session] = await told('stalled', over('ENDED'));
    const events = await noted();
    const waiting = events.findIndex(({ name, position }) => name === 'waiting' && position > 1);
    const playing = events.findIndex(({ name }, i) => name === 'playing' && i > waiting);
    const stalledS = ((events[playing]?.at ?? NaN) - (events[waiting]?.at ?? NaN)) / 1_000;
    expect(session).toMatchObject({ stalls: 1, completed: true });
    expect(Math.abs((session?.stalledTime ?? NaN) - stalledS)).toBeLessThanOrEqual(LENGTH_S);
    expect(Math.abs((session?.watchTime ?? 0) - 10)).toBeLessThanOrEqual(0.25);
  }, 60_000);

  it('tells of one view of what is looped or played again, completed once', async () => {
    await open(film('looped', 'loop'));
    await run(`document.querySelector('video').playbackRate = 4`);
    await play();
    await holds(`window.noted.filter(({ name }) => name === 'seeking').length >= 2`);
    await tab.goto('about:blank');
    const sessions = await told('looped', (all) => all.length === 1 && all[0]?.state === 'ENDED');
    expect(sessions).toMatchObject([{ completed: true, stalls: 0 }]);
  }, 60_000);

  it('tells of sound, which has no quality, and of a title by its file', async () => {
    await open('<audio src="sound.m4a" controls></audio>');
    await play();
    await ends();
    const [session] = await told('/sound.m4a', over('ENDED'));
    expect(Math.abs((session?.watchTime ?? 0) - 4)).toBeLessThanOrEqual(0.15);
    expect(said).toEqual([expect.stringContaining('/sound.m4a')]);
  }, 60_000);

  it('finds elements that come later, also in open shadow trees, and leaves others out', async () => {
    await open('<div></div>');
    await run(`
      const host = document.querySelector('div');
      const root = host.attachShadow({ mode: 'open' });
      const make = (id, more) => Object.assign(document.createElement('video'),
        { src: 'film.mp4', muted: true }, more, { id });
      const kinds = { shadow: {}, off: {}, ornament: { loop: true, autoplay: true } };
      for (const [id, more] of Object.entries(kinds)) {
        const video = make(id, more);
        video.setAttribute('data-playhead-media', id);
        if (id === 'off') video.setAttribute('data-playhead', 'off');
        root.append(video);
        video.play();
      }`);
    await told('shadow', (all) => all.length === 1);
    await tab.waitForTimeout(1_500);
    expect(await told('off', () => true)).toEqual([]);
    expect(await told('ornament', () => true)).toEqual([]);
  }, 60_000);

  it('does without what browsers offer to pages with TLS alone', async () => {
    await tab.addInitScript('delete Crypto.prototype.randomUUID');
    await open(film('plain-http'));
    await play();
    await passes(1);
    await tab.goto('about:blank');
    const sessions = await told('plain-http', over('QUIT'));
    expect(sessions).toHaveLength(1);
    expect(said).toEqual([]);
  }, 60_000);

  it('counts nothing twice of an element of which it is told while it plays', async () => {
    await open(film('told-later'));
    await play();
    await passes(2);
    await run(`void playhead.observe(document.querySelector('video'), { media: 'told-then' })`);
    await passes(4);
    const shownS = (await run(`document.querySelector('video').currentTime`)) as number;
    await tab.goto('about:blank');
    const [before] = await told('told-later', over('QUIT'));
    const [after] = await told('told-then', over('QUIT'));
    const watchedS = (before?.watchTime ?? 0) + (after?.watchTime ?? 0);
    expect(Math.abs(watchedS - shownS)).toBeLessThanOrEqual(0.4);
  }, 60_000);

  it('says once what is wrong with its key, and that nothing can be reached', async () => {
    await open(film('keyless'), 'data-key="a-key-of-somebody-else"');
    await play();
    await passes(1);
    await until(() => said.some((text) => text.includes('data-key')), 20_000);
    expect(said.filter((text) => text.includes('data-key'))).toHaveLength(1);
  }, 60_000);
});
