import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../examples/recorder/browser.js';
import { describeWithChromium } from '../support/chromium.js';
import { send, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { urlOf, type Process } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { codeBlocks, read, sectionOf } from './markdown.js';

const SECTION = sectionOf(read('README.md'), 'Put it on a site of your own');
const ADDRESS = 'http://127.0.0.1:3000';
const MINUTE_MS = 60_000;
/** What is taken of the repository, besides what its commands make. */
const TAKEN = ['launch.cjs', 'package.json', 'node_modules', 'dist'];
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

const shell = promisify(execFile);

interface Answer {
  readonly data: {
    readonly streamingAnalytics: { readonly totalViews: number; readonly averageWatchTime: number };
  };
}

/** The blocks of the section in their order, and what each is for. */
const [keys, folder, page, host, look = '', ask = '', answer] = codeBlocks(SECTION).map(
  ({ code }) => code,
);
const [makeKeys = '', startServer = ''] = (keys ?? '').split('\n');
const [takeKeys = '', report = ''] = look.split('\n');

/** The web server of a site, on another port than Playhead's and so on another origin. */
async function serve(site: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = join(site, url === '/' ? 'index.html' : url);
    // A browser asks for an icon, unasked.
    if (!existsSync(path)) response.writeHead(url === '/favicon.ico' ? 204 : 404).end();
    else {
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(readFileSync(path));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Starts the server with the words of the document, on a free port. */
function startAsWritten(cwd: string): Process {
  const [program, ...words] = startServer.split(' ');
  expect(program).toBe('node');
  const env = { PATH: process.env.PATH, PORT: '0' };
  const child = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const ended = once(child, 'close').then(() => child.exitCode);
  return { child, stdout, stderr, ended };
}

describeWithChromium("the README's way to a site of one's own", () => {
  const root = temporaryFolder();
  const clone = join(root, 'playhead');
  const site = join(root, 'site');
  const running: { playhead?: Process; site?: Server; browser?: Browser } = {};
  const said: string[] = [];
  let url = '';
  let tab: Page;

  const run = async (command: string): Promise<string> => {
    const { stdout } = await shell('bash', ['-ec', command.replaceAll(ADDRESS, url)], {
      cwd: clone,
      env: { ...process.env, PLAYHEAD_URL: url },
    });
    return stdout;
  };
  const keyOf = (role: string): string =>
    new RegExp(`^${role}_KEY=(.+)$`, 'm').exec(readFileSync(join(clone, '.env'), 'utf8'))?.[1] ??
    '';

  beforeAll(async () => {
    mkdirSync(clone);
    for (const name of TAKEN) symlinkSync(resolve(name), join(clone, name));
    await run(makeKeys);
    running.playhead = startAsWritten(clone);
    url = await urlOf(running.playhead);
    await run(folder ?? '');
    const filled = (page ?? '').replace(ADDRESS, url).replace('your INGEST_KEY', keyOf('INGEST'));
    writeFileSync(join(site, 'index.html'), filled);
    running.site = await serve(site);
    running.browser = await startBrowser();
    tab = await running.browser.newPage();
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(error.message));
  }, 2 * MINUTE_MS);

  afterAll(async () => {
    await running.browser?.close();
    running.site?.close();
    running.site?.closeAllConnections();
    running.playhead?.child.kill('SIGTERM');
    await running.playhead?.ended;
    removeFolder(root);
  }, MINUTE_MS);

  it('serves the folder that the page was put into', () => {
    expect(host).toMatch(/^python3 -m http\.server 8080 .*--directory \.\.\/site\n$/);
    expect(SECTION).toContain('<http://127.0.0.1:8080/>');
  });

  it(
    'leads to a view that is counted, from a page of another origin',
    async () => {
      const { port } = running.site?.address() as AddressInfo;
      await tab.goto(`http://127.0.0.1:${String(port)}/`);
      await tab.evaluate(`document.querySelector('video').play()`);
      await until(async () => {
        const { streamingAnalytics: seen } = (
          JSON.parse(await run(`${takeKeys}\n${ask}`)) as Answer
        ).data;
        return seen.totalViews === 1 && seen.averageWatchTime > 1;
      }, MINUTE_MS);
      const shown = JSON.parse(answer ?? '') as Answer;
      expect(shown.data.streamingAnalytics.totalViews).toBe(1);
      expect(await run(`${takeKeys}\n${report}`)).toMatch(/^\s+1\s/m);
      expect(said).toEqual([]);
    },
    2 * MINUTE_MS,
  );

  it(
    'tells of the end too when the page is left',
    async () => {
      const ends = /^playhead_ingest_events_total\{type="session_end",outcome="accepted"\} 1$/m;
      const headers = withKey(keyOf('READ'));
      expect((await send(`${url}/metrics`, { headers })).text).not.toMatch(ends);
      await tab.goto('about:blank');
      await until(
        async () => ends.test((await send(`${url}/metrics`, { headers })).text),
        MINUTE_MS,
      );
    },
    2 * MINUTE_MS,
  );
});
