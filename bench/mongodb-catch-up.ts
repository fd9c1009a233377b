import { MongoClient } from 'mongodb';
import { PROJECTIONS } from '../projections/index.js';
import { MemoryEventStore } from '../test/support/memory/memory-event-store.js';
import { MongoConnection } from '../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelWriter } from '../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import {
  indexOf,
  operationsOf,
  type DocumentRecord,
} from '../src/adapters/read-model/mongodb/stored-documents.js';
import type { GenerationWrite } from '../src/ports/read-model/documents.js';
import type { Generation } from '../src/ports/read-model/generation.js';
import { audience } from './audience.js';
import { untilCaughtUp } from './catch-up.js';
import { rateOf, type Comparison } from './measure.js';

const EVENTS = 50_000;
const SEED = 4;

interface Commit {
  readonly collection: string;
  readonly write: GenerationWrite;
}

/** Compares folding a log into MongoDB with the same commits, made by the driver alone. */
export class MongoCatchUp {
  private readonly client: MongoClient;
  private readonly log = new MemoryEventStore();

  constructor(private readonly url: string) {
    this.client = new MongoClient(url, { ignoreUndefined: true });
  }

  async comparison(): Promise<Comparison> {
    await this.log.append(audience(EVENTS, SEED));
    const commits = await this.commits();
    return {
      title: 'Catch-up of all four projections',
      unit: 'events/s',
      aim: 0.5,
      subject: { name: 'projector', run: () => this.project() },
      peer: { name: 'raw transactions, the same bulks', run: () => this.writeRaw(commits) },
    };
  }

  async close(): Promise<void> {
    await this.client.db().dropDatabase();
    await this.client.close();
  }

  private async project(onCommit?: (commit: Commit) => void): Promise<number> {
    await this.client.db().dropDatabase();
    const writer = new MongoReadModelWriter(await MongoConnection.open(this.url));
    if (onCommit !== undefined) {
      const commit = writer.commit.bind(writer);
      writer.commit = (generation: Generation, write: GenerationWrite) => {
        onCommit({ collection: `raw.${generation.projection}`, write });
        return commit(generation, write);
      };
    }
    return rateOf(EVENTS, () => untilCaughtUp(this.log, writer, { kind: 'mongodb' }));
  }

  /** Returns the commits that are made while the log is folded. */
  private async commits(): Promise<readonly Commit[]> {
    const commits: Commit[] = [];
    await this.project((commit) => commits.push(commit));
    return commits;
  }

  private async writeRaw(commits: readonly Commit[]): Promise<number> {
    const database = this.client.db();
    await database.dropDatabase();
    for (const { name, indexes } of PROJECTIONS) {
      const collection = await database.createCollection(`raw.${name}`);
      if (indexes.length > 0) await collection.createIndexes(indexes.map(indexOf));
    }
    await database.createCollection('marks');
    return rateOf(EVENTS, async () => {
      for (const commit of commits) await this.commitRaw(commit);
    });
  }

  private async commitRaw({ collection, write }: Commit): Promise<void> {
    const database = this.client.db();
    const operations = operationsOf(write);
    const mark = { $set: { checkpoint: write.checkpoint } };
    await this.client.withSession((session) =>
      session.withTransaction(
        async () => {
          if (operations.length > 0) {
            await database
              .collection<DocumentRecord>(collection)
              .bulkWrite(operations, { session });
          }
          await database
            .collection<{ _id: string }>('marks')
            .updateOne({ _id: collection }, mark, { session, upsert: true });
        },
        { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
      ),
    );
  }
}
