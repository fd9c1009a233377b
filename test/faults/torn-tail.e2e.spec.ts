import { existsSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { recomputedContents, storedContents, storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer, withResolvers } from '../support/server.js';
import { checkpointedBytesInWal } from '../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { runToEnd } from '../support/wrong-start.js';
import { run } from '../cli/command-line.js';
import { audienceOf } from './audience.js';
import { Outbox } from './outbox.js';

/** How often a tail is torn off; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 4);
const SESSIONS = 300;
const CLIENTS = 8;

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** Records for a while, then kills the server. */
async function recordAndKill(random: SeededRandom, name: string): Promise<void> {
  const server = await startServer(folder);
  const outbox = new Outbox(audienceOf(random, SESSIONS, name).requests, random);
  const wanted = random.whole(50, 250);
  const { promise, resolve } = withResolvers<undefined>();
  outbox.onAcknowledged = () => {
    if (outbox.acknowledgedCount >= wanted) resolve(undefined);
  };
  const sending = outbox.sendAll(server.url, CLIENTS);
  await promise;
  await server.kill();
  await sending;
}

/** Cuts a file's write-ahead log at a random byte, as a crash of the machine may. */
function tear(random: SeededRandom, path: string): void {
  const wal = `${path}-wal`;
  if (!existsSync(wal)) return;
  const { size } = statSync(wal);
  truncateSync(wal, random.whole(Math.min(size, checkpointedBytesInWal(path)), size));
}

/** A log that lacks what was acknowledged is refused until somebody accepts the loss. */
async function acceptCut(): Promise<void> {
  const settings = { DATA_DIR: folder };
  const { hasListened, status, lines } = await runToEnd(folder, {});
  const check = await run(['check-log', '--accept-cut'], settings);
  expect(check.status).toBe(0);
  if (hasListened) return;
  expect([status, lines]).toEqual([78, [expect.stringContaining('was acknowledged')]]);
  expect(check.stdout).toContain('that is accepted from here on');
}

const readModelFiles = (): readonly string[] =>
  readdirSync(join(folder, 'read-models'))
    .filter((name) => name.endsWith('.db') && name !== 'control.db')
    .map((name) => join(folder, 'read-models', name));

const targets = ['the log', 'the read models', 'both'] as const;

test.each(targets)(
  'a torn tail of %s: it starts, and the read models fit the log',
  async (target) => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_ROUNDS=${String(ROUNDS)}`);
    const random = new SeededRandom(seed);
    const rounds = Math.max(1, Math.floor(ROUNDS / 2));
    for (let round = 0; round < rounds; round += 1) {
      await recordAndKill(random, `${target} ${String(seed)} ${String(round)}`);
      if (target !== 'the read models') {
        tear(random, join(folder, 'events.db'));
        await acceptCut();
      }
      if (target !== 'the log') for (const path of readModelFiles()) tear(random, path);
      const server = await startServer(folder);
      const client = new ApiClient(server.url);
      await client.record({ mediaId: 'after', eventType: 'SESSION_START' });
      expect((await client.analytics('after')).totalViews).toBeGreaterThan(0);
      await client.bandwidth('MONTH');
      await client.popular({ first: 1 });
      await until(async () => (await fetch(`${server.url}/health/ready`)).status === 200);
      expect(await server.stop()).toBe(0);
      expect(await storedContents(folder)).toEqual(await recomputedContents(folder));
      const revisions = new Map<string, number>();
      for (const { stream, revision } of await storedEvents(folder)) {
        expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
        revisions.set(stream, revision);
      }
    }
  },
  600_000 + ROUNDS * 60_000,
);
