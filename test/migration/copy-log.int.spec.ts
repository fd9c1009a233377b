import { join } from 'node:path';
import { EmbeddedEventLog } from '../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { compareLogs } from '../../src/migration/compare-logs.js';
import { copyLog } from '../../src/migration/copy-log.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import {
  FaultyStore,
  fill,
  IDENTITY,
  Killed,
  killing,
  losing,
  MARKING,
  streamsOf,
} from './logs.js';

const EVENTS = 5_000;

const folders = [temporaryFolder(), temporaryFolder()] as const;
afterAll(() => {
  folders.forEach(removeFolder);
});

test('an embedded log is copied whole to another, through kills and lost outcomes', async () => {
  const seed = seedOfRun();
  console.log(`FAULT_SEED=${String(seed)}`);
  const random = new SeededRandom(seed);
  const path = join(folders[0], 'events.db');
  const filled = await EmbeddedEventStore.open(path);
  await fill(filled, random, EVENTS);
  const wanted = await streamsOf(filled);
  await filled.close();
  const source = new EmbeddedEventLog(path);
  const target = await EmbeddedEventStore.open(join(folders[1], 'events.db'));
  const rules = { source, ...MARKING, retryPausesMs: [0, 0, 0, 0, 0, 0, 0, 0] };
  for (let kills = 0; kills < 4; kills += 1) {
    const store = new FaultyStore(target, killing(random, random.whole(1, 2)));
    await expect(copyLog({ ...rules, target: store })).rejects.toThrow(Killed);
  }
  const report = await copyLog({
    ...rules,
    target: new FaultyStore(target, losing(random, 0.1)),
  });
  expect(report.events).toBe(EVENTS + 1);
  expect(await streamsOf(target)).toEqual(wanted);
  expect(await compareLogs({ source, target, identityStream: IDENTITY })).toMatchObject({
    events: EVENTS + 1,
    further: 0,
    difference: undefined,
  });
  await target.close();
  await source.close();
});
