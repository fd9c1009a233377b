import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN, run } from '../cli/command-line.js';
import { ApiClient } from '../support/api-client.js';
import { eventsAt, VIEWER_SECRET } from '../support/distributed.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { storedEvents } from '../support/recomputation.js';
import { endLeftovers, spawnServer, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const SESSIONS = 1_000;
/** Far fewer than the log has, with all that a command may have on its way. */
const KILLED_AT = 100;
const EX_CONFIG = 78;

const [source, other] = [temporaryFolder(), temporaryFolder()] as const;
afterAll(async () => {
  await endLeftovers();
  removeFolder(source);
  removeFolder(other);
});

test('a migration killed in the middle: no server takes the log until it ran again', async () => {
  const before = await startServer(source, { VIEWER_SECRET });
  const sessions = Array.from({ length: SESSIONS }, (_, i) => ({
    mediaId: `m${String(i % 3)}`,
    sessionId: `s${String(i)}`,
    eventId: '1',
    eventType: 'SESSION_START',
  }));
  await new ApiClient(before.url).recordAll(sessions);
  expect(await before.stop()).toBe(0);
  const total = (await storedEvents(source)).length;

  const double = await EventStoreDbDouble.start();
  const target = eventsAt({ url: double.url, prefix: 'playhead-' });
  const migration = { ...target, DATA_DIR: source };
  const env = { PATH: process.env.PATH ?? '', ...migration };
  const killed = spawn(process.execPath, [MAIN, 'migrate'], { env, stdio: 'ignore' });
  const unsubscribe = double.log.onAppended(() => {
    if (double.log.records.length >= KILLED_AT) killed.kill('SIGKILL');
  });
  await once(killed, 'exit');
  unsubscribe();
  const ours = (): number =>
    double.log.records.filter(({ type }) => type === 'session_start').length;
  const held = ours();
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(SESSIONS);

  const refused = spawnServer({ ...target, DATA_DIR: other });
  expect(await refused.ended).toBe(EX_CONFIG);
  expect(refused.stderr).toEqual([expect.stringMatching(/^playhead: .*run migrate again/)]);
  expect(ours()).toBe(held);

  const again = await run(['migrate', '--json'], migration);
  expect(JSON.parse(again.stdout)).toMatchObject({
    events: total,
    // With the identity.
    foundCopied: held + 1,
    further: 0,
  });
  const after = await startServer(other, target);
  const client = new ApiClient(after.url);
  await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
  const views = ['m0', 'm1', 'm2'].map((mediaId) => client.analytics(mediaId));
  const totals = (await Promise.all(views)).map(({ totalViews }) => totalViews);
  expect(totals.reduce((sum, one) => sum + one, 0)).toBe(SESSIONS);
  expect(await after.stop()).toBe(0);
  double.down();
});
