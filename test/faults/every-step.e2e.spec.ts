import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { legacyOf, liveAt, longestLog, type LifePlace } from '../support/life-stores.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { passTime, withClient } from '../support/mongo-read-models.js';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../support/mongod.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** FAULT_STEPS=all kills at every step; else at so many of different names. */
const IS_LONG = process.env.FAULT_STEPS === 'all';
const STEPS_MAX = 12;
/** Processes at a time. */
const AT_ONCE = 2;
const TIMEOUT_MS = IS_LONG ? 60 * 60_000 : 900_000;
/** How long the server keeps the transaction of a life that was killed: by default a minute. */
const TRANSACTION_S = 3;
const TYPESCRIPT = fileURLToPath(new URL('../support/typescript.mjs', import.meta.url));
const LIFE = fileURLToPath(new URL('../support/life-process.ts', import.meta.url));

/**
 * What the steps of every life must include, so that none is left out unseen. Where a store goes by
 * a clock of its own, nothing is old enough to be dropped.
 */
const CALLS = [
  ...['append', 'records', 'write', 'make', 'dropStrays', 'load', 'commit', 'renew'],
  ...['readAll', 'readAt', 'head', 'parked', 'retire'],
];

/** Lets a life run; the names of its steps, or undefined if it was killed. */
async function run(place: LifePlace, killAt: number): Promise<readonly string[] | undefined> {
  const words = ['--import', TYPESCRIPT, LIFE, JSON.stringify({ place, killAt })];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words);
    return JSON.parse(stdout) as readonly string[];
  } catch (error) {
    if ((error as { readonly signal?: unknown }).signal === 'SIGKILL') return undefined;
    throw error;
  }
}

/** Gives a life a place of its own, which is removed afterwards. */
async function at<Result>(
  newPlace: () => Omit<LifePlace, 'folder'>,
  work: (place: LifePlace) => Promise<Result>,
): Promise<Result> {
  const folder = temporaryFolder();
  const place = { folder, ...newPlace() };
  try {
    return await work(place);
  } finally {
    removeFolder(folder);
    const { mongodbUrl } = place;
    if (mongodbUrl !== undefined) await withClient(mongodbUrl, (one) => one.db().dropDatabase());
  }
}

/** A life that is killed, and another one on what it left. */
async function expectHealed(place: LifePlace, killAt: number, name: string): Promise<void> {
  const steps = await run(place, killAt);
  // Timers make lives differ by a few steps: the last ones may not come.
  if (steps !== undefined && steps.length >= killAt) throw new Error(`${name} was not killed`);
  if (place.mongodbUrl !== undefined) await passTime(place.mongodbUrl, CLAIM_MS);
  await liveAt(place, (_, call) => call());
  const { found, expected } = await legacyOf(place);
  expect({ name, ...found }).toEqual({ name, ...expected });
}

/** Steps of different names, or all. */
function chosen(steps: readonly string[], random: SeededRandom): readonly number[] {
  const all = steps.map((_, index) => index + 1);
  if (IS_LONG) return all;
  const oneOfEach = [...new Set(steps)].map((name) => {
    const numbers = all.filter((number) => steps[number - 1] === name);
    return numbers[random.whole(0, numbers.length - 1)] ?? 1;
  });
  while (oneOfEach.length > STEPS_MAX) oneOfEach.splice(random.whole(0, oneOfEach.length - 1), 1);
  return oneOfEach;
}

async function killAtEveryStep(newStore: () => Pick<LifePlace, 'mongodbUrl'> = () => ({})) {
  const seed = seedOfRun();
  const drawn = longestLog(seed);
  const newPlace = () => ({ drawn, ...newStore() });
  const random = new SeededRandom(seed);
  const steps = (await at(newPlace, (place) => run(place, 0))) ?? [];
  const numbers = chosen(steps, random);
  const count = `${String(numbers.length)} of ${String(steps.length)}`;
  console.log(`FAULT_SEED=${String(seed)} kills at ${count} steps`);
  expect(steps).toEqual(expect.arrayContaining(CALLS.map((name) => `before ${name}`)));
  expect(steps).toEqual(expect.arrayContaining(['within commit', 'within write']));
  const queue = numbers.values();
  const worker = async (): Promise<void> => {
    for (const number of queue) {
      const name = `${String(number)}: ${steps[number - 1] ?? ''}`;
      await at(newPlace, (place) => expectHealed(place, number, name));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

test(
  'kill -9 at the steps of a life, embedded: the next one makes of it what one pass does',
  () => killAtEveryStep(),
  TIMEOUT_MS,
);

await describeWithMongod('read models in MongoDB', (binary) => {
  const parameters = [`transactionLifetimeLimitSeconds=${String(TRANSACTION_S)}`];
  const servers = replicaSetFor(binary, { parameters });

  test(
    'kill -9 at the steps of a life: the next one makes of it what one pass does',
    () => killAtEveryStep(() => ({ mongodbUrl: servers().url(newDatabaseName()) })),
    TIMEOUT_MS,
  );
});
