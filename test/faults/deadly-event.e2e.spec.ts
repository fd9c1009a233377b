import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { ReadinessWatch } from '../support/readiness-watch.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const PRELOAD = new URL('../support/deadly-event.mjs', import.meta.url).href;
/** The read models whose documents have the media in their keys. */
const OF_MEDIA = ['popularity', 'sessions', 'streaming-analytics'];

const folder = temporaryFolder();
let watch: ReadinessWatch | undefined;
afterAll(async () => {
  await watch?.stop();
  await endLeftovers();
  removeFolder(folder);
});

test('an event that ends the thread that folds it, twice, is parked, and all others count', async () => {
  const server = await startServer(folder, { NODE_OPTIONS: `--import ${PRELOAD}` });
  const { url } = server;
  const client = new ApiClient(url);
  watch = new ReadinessWatch(url);
  await watch.untilReady();
  await client.record({ mediaId: 'before', eventType: 'SESSION_START' });
  expect((await client.analytics('before')).totalViews).toBe(1);

  await client.record({ mediaId: 'deadly', eventType: 'SESSION_START' });
  await watch.untilDown('readModels');
  // Events are taken in meanwhile.
  await client.record({ mediaId: 'after', eventType: 'SESSION_START' });
  const isParked = async (): Promise<boolean> => {
    const names = (await client.projections()).flatMap(({ name, parkedEvents }) =>
      parkedEvents > 0 ? [name] : [],
    );
    return String(names.sort()) === String(OF_MEDIA);
  };
  await until(isParked);
  await watch.untilReady();
  expect((await client.analytics('before')).totalViews).toBe(1);
  expect((await client.analytics('after')).totalViews).toBe(1);
  const died = server.process.stdout.filter((line) => line.includes('thread died'));
  expect(died.filter((line) => line.includes('which is parked now'))).toHaveLength(OF_MEDIA.length);
  expect(died).toHaveLength(2 * OF_MEDIA.length);
  expect(await server.stop()).toBe(0);
});
