import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { catalogue } from '../demo/catalogue.js';
import { startBrowser } from '../examples/recorder/browser.js';

const DEMO = fileURLToPath(new URL('../demo/main.js', import.meta.url));
const FOLDER = 'docs/pictures';
const SIZE = { width: 1_280, height: 1_000 };
/** Long enough for a page of a busy machine. */
const PATIENCE_MS = 60_000;

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly colorScheme?: 'dark';
  /** The link to follow first, if the page's address is not known. */
  readonly follow?: string;
  /** The part to scroll to. */
  readonly part?: string;
}

const title = `/media?id=${encodeURIComponent(catalogue[0]?.mediaId ?? '')}`;

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: '/' },
  { name: 'overview-dark', path: '/', colorScheme: 'dark' },
  { name: 'title', path: title, part: '[data-panel=retention]' },
  { name: 'quality', path: '/quality' },
  { name: 'delivery', path: '/delivery' },
  { name: 'session', path: '/sessions?stalled=1', follow: '[data-panel=sessions] tbody a' },
];

/** Takes the pictures of README and docs/dashboard.md anew, from the pages of a demo. */
async function takePictures(): Promise<void> {
  const demo = spawn(process.execPath, [DEMO], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await startBrowser();
  try {
    const url = await addressOf(demo);
    mkdirSync(FOLDER, { recursive: true });
    for (const { name, path, colorScheme = 'light', follow, part } of PICTURES) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme, timezoneId: 'UTC' });
      await page.goto(`${url}${path}`);
      await untilShown(page);
      if (follow !== undefined) {
        await page.locator(follow).first().click();
        await untilShown(page);
      }
      if (part !== undefined) await page.locator(part).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${FOLDER}/${name}.png` });
      await page.close();
      console.log(`${FOLDER}/${name}.png`);
    }
  } finally {
    await browser.close();
    demo.kill();
    await once(demo, 'close');
  }
}

/** Waits until the demo has shown everything; throws if it ends before. */
async function addressOf(demo: ChildProcess): Promise<string> {
  if (demo.stdout === null) throw new Error('the demo has no output');
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, url] = /stays up at (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('the demo has ended');
}

const untilShown = async (page: Page): Promise<void> => {
  await page.waitForSelector('html[data-ready]', { timeout: PATIENCE_MS });
  // Charts draw with the next frame.
  await page.waitForTimeout(500);
};

await takePictures();
