import { setTimeout as pause } from 'node:timers/promises';
import { SECOND_MS } from '../../src/domain/time.js';
import { LOG_START } from '../../src/ports/event-store.js';
import type { Projection } from '../../src/ports/projection.js';
import { specOf } from '../../src/ports/read-model/generation.js';
import { Generations } from '../../src/projector/generations.js';
import { appendTo, logOf } from '../support/event-logs.js';
import { intercept, type Around } from '../support/interception.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { counting, projectors, STORE_ID } from '../support/projector-rig.js';
import { beats } from '../support/rebuild-rig.js';

const newProjector = projectors();

test('a node that watches a read model that has stopped asks for it once a second', async () => {
  const broken: Projection<{ count: number }> = {
    ...counting('bandwidth'),
    evolve: () => {
      throw new Error('it cannot be folded');
    },
  };
  const store = new MemoryReadModelStore();
  const log = await logOf([]);
  const projections = [broken] as never;
  const owner = await newProjector({ log, writer: store, projections });
  let looks = 0;
  const counted: Around = (step, call) => {
    if (step === 'records') looks += 1;
    return call();
  };
  const writer = intercept(store.anotherOwner(), counted);
  const standby = await newProjector({ log, writer, projections });
  await appendTo(log, beats(0, 1_001));
  await standby.until(([one]) => one?.isStopped === true);
  expect(owner.progress()).toMatchObject([{ isStopped: true }]);
  const before = looks;
  await pause(2 * SECOND_MS);
  // Each look may read the records more than once.
  expect(looks - before).toBeLessThan(12);
});

test('a node that watches a busy one asks a slow store for a fifth of the time at most', async () => {
  const SLOW_MS = 40;
  const store = new MemoryReadModelStore();
  const log = await logOf([]);
  const projection = counting('bandwidth');
  // Its owner has it and does not get on.
  const how = { replacing: undefined, servesFrom: LOG_START };
  await new Generations(store).start(specOf(projection, STORE_ID), how);
  let looks = 0;
  const slow: Around = async (step, call) => {
    if (step === 'records') {
      looks += 1;
      await pause(SLOW_MS);
    }
    return call();
  };
  const writer = intercept(store.anotherOwner(), slow);
  const standby = await newProjector({ log, writer, projections: [projection] });
  await appendTo(log, beats(0, 10));
  await pause(SECOND_MS);
  const before = looks;
  await pause(2 * SECOND_MS);
  expect(standby.progress()).toMatchObject([{ scanned: LOG_START, isStopped: false }]);
  expect(looks - before).toBeGreaterThan(2);
  // One each second reads more.
  expect(looks - before).toBeLessThan(2 * SECOND_MS * (1 / 5 / SLOW_MS) + 4);
});
