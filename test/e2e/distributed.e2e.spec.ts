import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run as runCommand } from '../cli/command-line.js';
import { ApiClient, type EventInput } from '../support/api-client.js';
import {
  contentsAt,
  eventsAt,
  readModelsAt,
  recomputedFrom,
  startNode,
  VIEWER_SECRET,
} from '../support/distributed.js';
import { DAY_MS, HOUR_MS, iso, withServer } from '../support/e2e.js';
import { describeWithOutsideStores } from '../support/outside-stores.js';
import { until } from '../support/polling.js';
import { startServer, type Environment, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { seedFigures } from './seed-figures.js';

const DEMO = fileURLToPath(new URL('../../dist/demo/main.js', import.meta.url));

/** A day in the life of some titles, all of it in the past. */
const reports: readonly EventInput[] = Array.from({ length: 300 }, (_, i) => ({
  mediaId: `m${String(i % 5)}`,
  eventType: ['SESSION_START', 'HEARTBEAT', 'SESSION_END', 'BUFFERING'][i % 4] ?? '',
  sessionId: `s${String(i % 40)}`,
  eventId: `e${String(i)}`,
  userId: `u${String(i % 20)}`,
  quality: ['360p', '720p', '1080p', '4k'][i % 4] ?? '',
  duration: i % 60,
  bytesLoaded: 1_000_000 + i,
  occurredAt: iso(Date.now() - 2 * DAY_MS + i * 300_000),
}));

/** A log that others have written to takes a while to look through. */
const untilReady = ({ url }: TestServer): Promise<void> =>
  until(async () => (await fetch(`${url}/health/ready`)).status === 200);

/** Figures that do not change as time passes. */
async function figuresOf(client: ApiClient): Promise<unknown> {
  const to = iso(Date.now() - (Date.now() % HOUR_MS) + HOUR_MS);
  const { edges, totalCount } = await client.popular({ first: 100, period: 'MONTH' });
  const { totalGB, byQuality, byHour } = await client.bandwidth('MONTH');
  return {
    analytics: await Promise.all(
      [0, 1, 2, 3, 4].map((i) => client.analytics(`m${String(i)}`, { to })),
    ),
    bandwidth: { totalGB, byQuality, byHour },
    popular: edges.map(({ node: { mediaId, viewCount, quality } }) => [
      mediaId,
      viewCount,
      quality,
    ]),
    totalCount,
  };
}

await describeWithOutsideStores(
  'events in EventStoreDB, read models in MongoDB',
  ({ log: ownLog, newDatabase }) => {
    const folder = temporaryFolder();
    afterAll(() => {
      removeFolder(folder);
    });

    describe('the figures of the seed', () => {
      seedFigures(
        withServer(() => ({ ...eventsAt(ownLog('seed')), ...readModelsAt(newDatabase()) })),
      );
    });

    const places = ['embedded', 'remote'] as const;
    const combinations = places.flatMap((events) =>
      places.map((models) => [events, models] as const),
    );
    test.each(combinations)(
      'events %s, read models %s: it counts, answers read-after, and starts again',
      async (events, models) => {
        const environment: Environment = {
          ...(events === 'remote' ? eventsAt(ownLog(`with-${models}`)) : { VIEWER_SECRET }),
          ...(models === 'remote' ? readModelsAt(newDatabase()) : {}),
        };
        const dataDir = temporaryFolder();
        const server = await startServer(dataDir, environment);
        await untilReady(server);
        const client = new ApiClient(server.url);
        await client.recordAll(reports);
        const figures = await figuresOf(client);
        expect(figures).toMatchObject({ totalCount: 5 });
        expect(await server.stop()).toBe(0);

        const again = await startServer(dataDir, environment);
        await untilReady(again);
        const later = new ApiClient(again.url);
        expect(await later.recordAll(reports)).toMatchObject({ accepted: 0, duplicates: 300 });
        expect(await figuresOf(later)).toEqual(figures);
        expect(await again.stop()).toBe(0);
        removeFolder(dataDir);
      },
    );

    test('a data folder moves in by migrate, and keeps its figures', async () => {
      const target = ownLog('moved');
      const before = await startServer(folder, { EVENTSTORE_PREFIX: target.prefix });
      const client = new ApiClient(before.url);
      const { accepted } = await client.recordAll(reports);
      await client.register({ mediaId: 'm1', title: 'A title' });
      const figures = await figuresOf(client);
      expect(await before.stop()).toBe(0);

      const where = { EVENTSTORE_URL: target.url, EVENTSTORE_PREFIX: target.prefix };
      const settings = { DATA_DIR: folder, ...where };
      const ended = await runCommand(['migrate'], settings);
      expect(ended).toMatchObject({ status: 0 });
      // With the log's identity and the title.
      expect(ended.stdout).toContain(`Copied ${String(accepted + 2)} events`);
      // Again it finds everything there.
      const again = await runCommand(['migrate'], settings);
      expect(again).toMatchObject({ status: 0 });
      expect(again.stdout).toContain(
        `Copied 0 events; ${String(accepted + 2)} were there already.`,
      );

      const database = newDatabase();
      const after = await startNode({
        ...where,
        ...readModelsAt(database),
        VIEWER_SECRET_FILE: `${folder}/viewer-secret`,
      });
      await untilReady(after);
      const later = new ApiClient(after.url);
      expect(await later.recordAll(reports)).toMatchObject({ accepted: 0, duplicates: 300 });
      expect(await figuresOf(later)).toEqual(figures);
      expect(await after.stop()).toBe(0);
      expect(await contentsAt(database)).toEqual(await recomputedFrom(target));
    });

    test('the demo: its figures are what it sent', async () => {
      const [demoLog, database] = [ownLog('demo'), newDatabase()];
      const server = await startNode({ ...eventsAt(demoLog), ...readModelsAt(database) });
      await untilReady(server);
      const { stdout } = await promisify(execFile)(process.execPath, [
        DEMO,
        '--server',
        server.url,
      ]);
      expect(stdout).toContain('are exactly what was sent');
      expect(await server.stop()).toBe(0);
      expect(await contentsAt(database)).toEqual(await recomputedFrom(demoLog));
    });
  },
);
