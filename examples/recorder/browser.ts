import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** The path in Debian; `CHROMIUM_PATH` names another. */
export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** The name of a browser with a window: one without a window tells that, and counts as a bot. */
const VIEWER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 ' +
  'Safari/537.36';

const chromiumArguments = [
  `--user-agent=${VIEWER}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // Of several windows, none is less important than the others.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** Names what is not there, of what it takes to make media and to play them; empty if all is. */
export function missingParts(): readonly string[] {
  return [
    ...(existsSync(chromiumPath) ? [] : ['Chromium: CHROMIUM_PATH may name one']),
    ...(spawnSync('ffmpeg', ['-version']).status === 0 ? [] : ['ffmpeg on the PATH']),
  ];
}

interface BrowserOptions {
  /** Keeps pages that are left, to show them as they were when somebody goes back. */
  readonly keepsPages?: boolean;
}

/** Starts a Chromium without a window, which talks to nobody but the pages that it is given. */
export const startBrowser = ({ keepsPages = false }: BrowserOptions = {}): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: chromiumArguments,
    ignoreDefaultArgs: keepsPages ? ['--disable-back-forward-cache'] : [],
  });
