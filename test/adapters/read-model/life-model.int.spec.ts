import fc from 'fast-check';
import type { Document } from 'mongodb';
import type { ReadModelWriter } from '../../../src/ports/read-model/writer.js';
import { EmbeddedReadModels } from '../../support/embedded-read-models.js';
import {
  plan,
  runModel,
  type ModelPlace,
  type Mutation,
  type Plan,
} from '../../support/life-model.js';
import { MUTANTS, type Mutant } from '../../support/life-mutants.js';
import { lifeThatFinds } from '../../support/life-search.js';
import { memoryPlace } from '../../support/memory/memory-place.js';
import { openReadModels, passTime, withClient } from '../../support/mongo-read-models.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../../support/mongod.js';
import { seedOfRun } from '../../support/random.js';

/** How many lives for each store; FAULT_RUNS asks for another number. */
const RUNS = Number(process.env.FAULT_RUNS ?? 20);
const LIFE_MS_MAX = 60_000;

/** A place for one life, whose writers are closed after it. */
interface Lifetime {
  readonly place: ModelPlace;
  readonly end: () => Promise<void>;
}

async function holds(begin: () => Lifetime): Promise<void> {
  const seed = seedOfRun();
  console.log(`FAULT_SEED=${String(seed)} FAULT_RUNS=${String(RUNS)}`);
  const life = fc.asyncProperty(plan, (lives) => live(lives, begin));
  await fc.assert(life, { numRuns: RUNS, seed, endOnFailure: true });
}

async function live(lives: Plan, begin: () => Lifetime, mutation?: Mutation): Promise<void> {
  const { place, end } = begin();
  try {
    await runModel(lives, place, mutation);
  } finally {
    await end();
  }
}

/** Lives on a store through what is known to show a mutation: thousands would take hours there. */
async function expectFound(
  { violates, ...mutation }: Mutant,
  life: Plan,
  begin: () => Lifetime,
): Promise<void> {
  await expect(live(life, begin, mutation)).rejects.toThrow(violates);
}

/** Opens writers, and closes all of them. */
class Writers {
  private readonly opened: ReadModelWriter[] = [];

  async note(writer: ReadModelWriter | Promise<ReadModelWriter>): Promise<ReadModelWriter> {
    const opened = await writer;
    this.opened.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const writer of this.opened.splice(0)) await writer.close();
  }
}

function embeddedLife(): Lifetime {
  const models = new EmbeddedReadModels();
  const writers = new Writers();
  return {
    place: {
      writer: () => writers.note(models.openWriter()),
      passTime: (ms) => {
        models.clock.advance(ms);
        return Promise.resolve();
      },
      // A folder is not put back while a server has it.
      save: undefined,
    },
    end: async () => {
      await writers.close();
      await models.remove();
    },
  };
}

/** Keeps the documents of all collections; what it gives puts them back into those collections. */
const save = (url: string): Promise<() => Promise<void>> =>
  withClient(url, async (client) => {
    const saved = new Map<string, readonly Document[]>();
    for (const { name } of await client.db().listCollections().toArray()) {
      saved.set(name, await client.db().collection(name).find().toArray());
    }
    return () => putBack(url, saved);
  });

const putBack = (url: string, saved: ReadonlyMap<string, readonly Document[]>): Promise<void> =>
  withClient(url, async (client) => {
    const database = client.db();
    for (const { name } of await database.listCollections().toArray()) {
      if (!saved.has(name)) await database.dropCollection(name);
    }
    for (const [name, documents] of saved) {
      await database.collection(name).deleteMany({});
      if (documents.length > 0) await database.collection(name).insertMany([...documents]);
    }
  });

test(
  'embedded: whatever two owners do and whatever befalls them, what must hold does',
  () => holds(embeddedLife),
  RUNS * LIFE_MS_MAX,
);

describe('embedded: the model finds that', () => {
  const newPlace = (): ModelPlace => ({ ...memoryPlace(), save: undefined });
  it.each(Object.entries<Mutant>(MUTANTS).filter(([, { needsPutBack }]) => needsPutBack !== true))(
    '%s',
    async (_, mutant) => {
      await expectFound(mutant, await lifeThatFinds(mutant, newPlace), embeddedLife);
    },
    300_000,
  );
});

await describeWithMongo('read models in MongoDB', (start) => {
  let servers: MongoServers;
  beforeAll(async () => {
    servers = await start();
  });
  afterAll(async () => {
    await servers.stop();
  });

  const mongoLife = (): Lifetime => {
    const url = servers.url(newDatabaseName());
    const writers = new Writers();
    return {
      place: {
        writer: () => writers.note(writerAt(url)),
        passTime: (ms) => passTime(url, ms),
        save: () => save(url),
      },
      end: async () => {
        await writers.close();
        await withClient(url, (client) => client.db().dropDatabase());
      },
    };
  };

  test(
    'whatever two owners do and whatever befalls them, what must hold does',
    () => holds(mongoLife),
    RUNS * LIFE_MS_MAX,
  );

  test.each(Object.entries<Mutant>(MUTANTS))(
    'the model finds that %s',
    async (_, mutant) => {
      await expectFound(mutant, await lifeThatFinds(mutant), mongoLife);
    },
    300_000,
  );
});

async function writerAt(url: string): Promise<ReadModelWriter> {
  const { writer, reader } = await openReadModels(url);
  await reader.close();
  return writer;
}
