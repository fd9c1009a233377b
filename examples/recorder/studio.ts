import type { Browser } from 'playwright-core';
import { startServer, type DemoServer } from '../../demo/server.js';
import { startBrowser } from './browser.js';
import { Gate } from './gate.js';
import { makeMedia, type Film } from './media.js';
import { Site } from './site.js';

const CACHE = '.cache/recorder';
/** For the server of one run alone, on loopback. */
export const KEYS = {
  INGEST_KEY: 'ingest-key-of-a-recording',
  ADMIN_KEY: 'admin-key-of-a-recording',
};
/** Longer than anything stands still here, so that a session is ended only when it is over. */
const TIMEOUT_SECONDS = 25;

const SETTINGS = {
  ...KEYS,
  SESSION_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
  CMCD_LADDER: '300:240p,750:540p,1550:810p',
  // It is asked to look for what is over, and does not look by itself.
  ROLLUP_CRON: '0 0 29 2 *',
};

/** All that plays need: a browser, media, a server and a gate before it. */
export interface Studio {
  readonly browser: Browser;
  readonly site: Site;
  readonly gate: Gate;
  readonly server: DemoServer;
  close(): Promise<void>;
}

/** Opens a studio around a server of its own; `serverEntry` is the program that it runs. */
export async function openStudio(serverEntry: string, films: readonly Film[]): Promise<Studio> {
  await makeMedia(CACHE, films);
  const server = await startServer(serverEntry, '0', SETTINGS);
  const gate = new Gate(server.url);
  const site = new Site(CACHE, films);
  await Promise.all([gate.listen(), site.listen()]);
  const browser = await startBrowser();
  const close = async (): Promise<void> => {
    await browser.close();
    site.close();
    gate.close();
    await server.stop();
  };
  return { browser, site, gate, server, close };
}
