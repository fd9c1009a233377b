import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { send, sendEvents, type Answer } from '../support/http.js';
import { storedEvents } from '../support/recomputation.js';
import { startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** A Firefox on Linux, on the page of a title. */
const PAGE = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  origin: 'https://videos.example',
  referer: 'https://videos.example/watch/harbour?t=30',
  'x-country': 'br',
};
const CRAWLER =
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/128.0';

const start = (mediaId: string, members: object = {}): object => ({
  ...{ mediaId, eventType: 'SESSION_START', sessionId: 's', eventId: '1', userId: 'ada@site' },
  ...members,
});

const folder = temporaryFolder();
const running: { server: TestServer | undefined } = { server: undefined };
const serverNow = (): TestServer => {
  if (running.server === undefined) throw new Error('the server has not started');
  return running.server;
};
afterAll(async () => {
  await running.server?.stop();
  removeFolder(folder);
});

/** Sends what each title is about to a server with some settings, and gives what was stored. */
async function storedOf(
  environment: Readonly<Record<string, string>>,
  play: (url: string) => Promise<void>,
): Promise<readonly StoredEvent[]> {
  const dataDir = join(folder, String(readdirSync(folder).length));
  running.server = await startServer(dataDir, environment);
  await play(running.server.url);
  expect(await serverNow().stop()).toBe(0);
  running.server = undefined;
  return (await storedEvents(dataDir)).filter(({ data }) => data.mediaId !== undefined);
}

const dataOf = (events: readonly StoredEvent[], mediaId: string): readonly StoredEvent['data'][] =>
  events.filter(({ data }) => data.mediaId === mediaId).map(({ data }) => data);

const acceptedOf = ({ status, json }: Answer): unknown => [status, json.accepted];

describe('what a request to /events tells', () => {
  it('is filled in where the player states nothing, and no more than that is kept', async () => {
    const dataDir = join(folder, String(readdirSync(folder).length));
    const events = await storedOf({ COUNTRY_HEADER: 'x-country' }, async (url) => {
      await sendEvents(url, [start('filled')], PAGE);
      const context = { browser: 'Brave', player: 'hls.js 1.7.4', country: 'de' };
      await sendEvents(url, [start('stated', { context })], PAGE);
      const later = { eventType: 'HEARTBEAT', eventId: '2', context: { os: 'Tizen', cdn: 'c1' } };
      await sendEvents(url, [start('filled', later)], PAGE);
    });
    const page = { page: 'videos.example/watch/harbour' };
    const [first, second] = dataOf(events, 'filled');
    // Nobody said that this peer may name a country.
    const filled = { device: 'DESKTOP', os: 'Linux', browser: 'Firefox', ...page };
    expect(first).toMatchObject({ filled });
    expect(first).not.toHaveProperty('context');
    expect(second).toMatchObject({ context: { os: 'Tizen', cdn: 'c1' } });
    expect(second).not.toHaveProperty('filled');
    expect(dataOf(events, 'stated')).toMatchObject([
      {
        context: { browser: 'Brave', player: 'hls.js 1.7.4', country: 'DE' },
        filled: { device: 'DESKTOP', os: 'Linux', ...page },
      },
    ]);
    const written = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    for (const secret of ['Gecko', 'ada@site', 't=30', '127.0.0.1']) {
      expect(written).not.toContain(secret);
    }
  });

  it('is the country that a trusted proxy names', async () => {
    const environment = { COUNTRY_HEADER: 'X-Country', TRUST_PROXY: '127.0.0.1', PAGE: 'host' };
    const events = await storedOf(environment, async (url) => {
      await sendEvents(url, [start('m')], PAGE);
    });
    expect(dataOf(events, 'm')).toMatchObject([
      { filled: { country: 'BR', page: 'videos.example' } },
    ]);
  });

  it('is left alone where somebody asks not to be told apart', async () => {
    const context = { country: 'DE', page: 'a.example/b', os: 'iOS', device: 'PHONE', app: 'A 1' };
    const events = await storedOf({}, async (url) => {
      await sendEvents(url, [start('gpc', { context })], { ...PAGE, 'sec-gpc': '1' });
      const query = `mutation { recordStreamingEvent(input: { mediaId: "graphql",
        eventType: SESSION_START, context: { country: "DE", device: TV } }) { duplicate } }`;
      await send(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', dnt: '1' },
        body: JSON.stringify({ query }),
      });
    });
    const [gpc] = dataOf(events, 'gpc');
    expect(gpc).toMatchObject({ context: { device: 'PHONE', app: 'A 1' } });
    expect(Object.keys(gpc?.context as object)).toHaveLength(2);
    expect(gpc).not.toHaveProperty('filled');
    expect(dataOf(events, 'graphql').map(({ context }) => context)).toEqual([{ device: 'TV' }]);
  });

  it('is nothing of an import', async () => {
    const occurredAt = new Date(0 + 2 * 86_400_000).toISOString();
    const events = await storedOf({}, async (url) => {
      await sendEvents(url, [start('past', { occurredAt })], { ...PAGE, import: 'past' });
    });
    expect(dataOf(events, 'past')[0]).not.toHaveProperty('filled');
  });
});

describe('a bot on a page', () => {
  const bot = { ...PAGE, 'user-agent': CRAWLER };

  it('is answered like others, counted, and not stored', async () => {
    const events = await storedOf({}, async (url) => {
      expect(acceptedOf(await sendEvents(url, [start('bot')], bot))).toEqual([202, 1]);
      expect((await sendEvents(url, [{ mediaId: 'bot' }], bot)).status).toBe(400);
      const { origin, referer, ...program } = bot;
      expect([origin, referer]).not.toContain(undefined);
      expect(acceptedOf(await sendEvents(url, [start('program')], program))).toEqual([202, 1]);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toMatch(
        /playhead_ingest_events_total\{type="session_start",outcome="bot"\} 1$/m,
      );
    });
    expect(dataOf(events, 'bot')).toEqual([]);
    expect(dataOf(events, 'program')).toHaveLength(1);
  });

  it('is stored like anyone where the operator wants that', async () => {
    const events = await storedOf({ BOTS: 'keep' }, async (url) => {
      expect(acceptedOf(await sendEvents(url, [start('bot')], bot))).toEqual([202, 1]);
    });
    expect(dataOf(events, 'bot')).toHaveLength(1);
  });
});

describe('what a player may say more', () => {
  it('is stored as it is said, by either way', async () => {
    const said = { mediaDuration: 60, playedFrom: 0, playedTo: 9.5, context: { live: false } };
    const events = await storedOf({}, async (url) => {
      const more = { eventType: 'PLAY_REQUESTED', eventId: '0', context: { app: 'A' } };
      await sendEvents(url, [start('json', more), start('json', { startupTime: 0.5, ...said })]);
      const query = `mutation { recordStreamingEvent(input: { mediaId: "graphql", sessionId: "s",
        eventType: PAUSED, duration: 9.5, mediaDuration: 60, playedFrom: 0, playedTo: 9.5,
        context: { live: false } }) { duplicate } }`;
      await send(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
    });
    const stored = { mediaDurationMs: 60_000, playedFromMs: 0, playedToMs: 9_500 };
    expect(dataOf(events, 'json')).toMatchObject([
      { context: { app: 'A' }, open: true },
      { startupMs: 500, ...stored, context: { live: false } },
    ]);
    expect(dataOf(events, 'graphql')).toMatchObject([
      { ...stored, durationMs: 9_500, context: { live: false } },
    ]);
  });

  it('is refused by name where it breaks a rule, and costs nothing where it is no use', async () => {
    const events = await storedOf({}, async (url) => {
      const bad = await sendEvents(url, [
        start('bad', {
          startupTime: 601,
          errorCode: 'E1',
          playedTo: 1,
          context: { colour: 'red' },
        }),
      ]);
      const { errors } = bad.json as { errors: readonly { message: string }[] };
      expect(errors.map(({ message }) => message.split(':', 1)[0]).sort()).toEqual([
        'context',
        'errorCode',
        'playedFrom',
        'startupTime',
      ]);
      const context = {
        country: 'Brasil',
        os: '\u0000',
        device: 'FRIDGE',
        player: 'x'.repeat(300),
      };
      await sendEvents(url, [start('odd', { context })]);
    });
    expect(dataOf(events, 'bad')).toEqual([]);
    expect(dataOf(events, 'odd')).toMatchObject([{ context: { player: 'x'.repeat(200) } }]);
  });
});
