import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { ApiClient } from '../support/api-client.js';
import { eventsAt } from '../support/distributed.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { until } from '../support/polling.js';
import { endLeftovers, spawnServer, urlOf, type Environment } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const EX_UNAVAILABLE = 69;
/** Far more than a start waits for in these tests. */
const LONG = '3600';

let folder: string;
/** Takes connections and says nothing. */
let mute: Server;
beforeEach(async () => {
  folder = temporaryFolder();
  mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
});
afterEach(async () => {
  await endLeftovers();
  mute.close();
  removeFolder(folder);
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

const at = (port: number): Environment =>
  eventsAt({ url: `esdb://127.0.0.1:${String(port)}?tls=false`, prefix: 'p-' });
const TRY =
  /EventStoreDB at 127\.0\.0\.1:\d+ cannot be reached.*tries again in \d+ s, for \d+ s more/;

test('a start waits for its store, telling each try in a line, and then listens', async () => {
  const port = await freePort();
  const started = spawnServer({ DATA_DIR: folder, STARTUP_WAIT_SECONDS: LONG, ...at(port) });
  const tries = (): readonly string[] => started.stdout.filter((line) => TRY.test(line));
  await until(() => tries().length >= 2);
  expect(started.stdout.filter((line) => line.trim() !== '')).toEqual(tries());
  const double = await EventStoreDbDouble.start({ port });
  try {
    const client = new ApiClient(await urlOf(started));
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect((await client.analytics('m')).totalViews).toBe(1);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.stderr).toEqual([]);
  } finally {
    double.down();
  }
});

test('a start that has waited as long as it may ends with 69 and the reason', async () => {
  const settings = { DATA_DIR: folder, STARTUP_WAIT_SECONDS: '6', ...at(await freePort()) };
  const { ended, stderr, stdout } = spawnServer(settings);
  expect(await ended).toBe(EX_UNAVAILABLE);
  expect(stdout.filter((line) => TRY.test(line)).length).toBeGreaterThan(0);
  expect(stderr).toEqual([expect.stringMatching(/^playhead: EventStoreDB at .* cannot be/)]);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends a start that waits in order, and it leaves nothing behind',
  async (signal) => {
    const settings = { DATA_DIR: folder, STARTUP_WAIT_SECONDS: LONG, ...at(await freePort()) };
    const { child, ended, stderr, stdout } = spawnServer(settings);
    await until(() => stdout.some((line) => TRY.test(line)));
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(stderr).toEqual([]);
    expect(readdirSync(folder).filter((name) => name !== 'lock.db')).toEqual([]);
  },
);

test('so does it end one that a silent store holds up', async () => {
  const settings = { DATA_DIR: folder, STARTUP_WAIT_SECONDS: LONG, ...at(portOf(mute)) };
  const { child, ended, stderr } = spawnServer(settings);
  await once(mute, 'connection');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(stderr).toEqual([]);
});
