import { Generations } from '../src/projector/generations.js';
import { MongoClient, type ClientSession, type Collection } from 'mongodb';
import { MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { findMongod, withDatabase } from '../scripts/mongod-binary.js';
import { MongoConnection } from '../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelReader } from '../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { LOG_START } from '../src/ports/event-store.js';
import type { DocumentWrite } from '../src/ports/read-model/documents.js';
import { NO_PROGRESS, type Generation } from '../src/ports/read-model/generation.js';
import { rateOf, typicalRateOf, type Comparison } from './measure.js';

const COMMITS = 10;
const DOCUMENTS_PER_COMMIT = 1_000;
const QUERIES = 300;
const PAGE = 20;
const KEYS_PER_QUERY = 40;

const INDEXES = ['rank', 'lastViewAt'];
const VERSIONS = { 'streaming-analytics': 1, bandwidth: 1, popularity: 1, sessions: 1 };
const MODEL = { projection: 'popularity', version: 1 } as const;
const SPEC = { ...MODEL, storeId: 'bench', indexes: INDEXES, settings: {} };

/** Makes documents of the size that a title's statistics have. */
const documents = (first: number, count: number): readonly DocumentWrite[] =>
  Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const counts = { views: n, bytes: n * 5_000_000, watchedMs: n * 10_000 };
    const byQuality = { LOW: counts, MEDIUM: counts, HIGH: counts };
    const body = { mediaId: `media-${String(n)}`, completedViews: n, byQuality, ...counts };
    return { key: `media-${String(n)}`, body, indexValues: { rank: n % 997, lastViewAt: n } };
  });
const BATCHES = Array.from({ length: COMMITS }, (_, i) =>
  documents(i * DOCUMENTS_PER_COMMIT, DOCUMENTS_PER_COMMIT),
);

/** Compares the adapter with the bare driver, on the same data. */
export class MongoBench {
  private readonly writer: MongoReadModelWriter;
  private readonly reader: MongoReadModelReader;

  private constructor(
    private readonly connection: MongoConnection,
    private readonly client: MongoClient,
    private generation: Generation,
  ) {
    this.writer = new MongoReadModelWriter(connection, { owner: 'bench' });
    this.reader = new MongoReadModelReader(connection, VERSIONS);
  }

  static async start(url: string): Promise<MongoBench> {
    const connection = await MongoConnection.open(url);
    const client = await MongoClient.connect(url);
    await client.db().dropDatabase();
    const writer = new MongoReadModelWriter(connection, { owner: 'bench' });
    const how = { replacing: undefined, servesFrom: LOG_START };
    const generation = await new Generations(writer).start(SPEC, how);
    if (generation === undefined) throw new Error('the database is in use');
    const bench = new MongoBench(connection, client, generation);
    await bench.collection().createIndexes(
      INDEXES.map((index) => ({
        key: { [`by.${index}`]: 1, _id: 1 },
        partialFilterExpression: { [`by.${index}`]: { $exists: true } },
      })),
    );
    await bench.marks().insertOne({ _id: 'mark', checkpoint: LOG_START });
    return bench;
  }

  commits(): Comparison {
    const subject = async (): Promise<void> => {
      for (const puts of BATCHES) await this.commit(puts);
    };
    const peer = async (): Promise<void> => {
      for (const puts of BATCHES) await this.commitRaw(puts);
    };
    const units = COMMITS * DOCUMENTS_PER_COMMIT;
    return {
      title: `Commits to MongoDB, ${String(DOCUMENTS_PER_COMMIT)} documents each`,
      unit: 'documents/s',
      aim: 0.5,
      subject: { name: 'the adapter', run: () => rateOf(units, subject) },
      peer: { name: 'a raw transaction, the same bulk', run: () => rateOf(units, peer) },
    };
  }

  queries(): Comparison {
    return {
      title: 'A page of 20, 40 documents and a count from MongoDB, one query at a time',
      unit: 'queries/s at p50',
      aim: 0.5,
      subject: { name: 'the adapter', run: () => typicalRateOf(QUERIES, () => this.query()) },
      peer: { name: 'raw finds', run: () => typicalRateOf(QUERIES, () => this.queryRaw()) },
    };
  }

  async close(): Promise<void> {
    await this.client.db().dropDatabase();
    await this.client.close();
    await this.connection.close();
  }

  private async commit(puts: readonly DocumentWrite[]): Promise<void> {
    const checkpoint = this.generation.checkpoint + 1;
    const progress = { ...NO_PROGRESS, scanned: checkpoint };
    const parked = { puts: [], deletes: [] };
    const place = { checkpoint, checkpointId: undefined };
    const write = { puts, deletes: [], ...place, totals: {}, parked, progress };
    this.generation = await this.writer.commit(this.generation, write);
  }

  private async commitRaw(puts: readonly DocumentWrite[]): Promise<void> {
    await this.client.withSession((session) =>
      session.withTransaction(() => this.writeRaw(puts, session), {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority' },
      }),
    );
  }

  private async writeRaw(puts: readonly DocumentWrite[], session: ClientSession): Promise<void> {
    const bulk = puts.map(({ key, body, indexValues }) => ({
      replaceOne: { filter: { _id: key }, replacement: { body, by: indexValues }, upsert: true },
    }));
    await this.collection().bulkWrite(bulk, { session });
    await this.marks().updateOne({ _id: 'mark' }, { $inc: { checkpoint: 1 } }, { session });
  }

  private async query(): Promise<void> {
    await this.reader.snapshot(['popularity'], LOG_START, async ({ popularity }) => {
      const where = { index: 'lastViewAt', from: 10 };
      await popularity.page({ index: 'rank', limit: PAGE, where });
      await popularity.get(SOME_KEYS);
      await popularity.count('lastViewAt', 10);
    });
  }

  private async queryRaw(): Promise<void> {
    const filter = { 'by.rank': { $exists: true }, 'by.lastViewAt': { $gte: 10 } };
    const sort = { 'by.rank': 1, _id: 1 } as const;
    const collection = this.collection();
    await collection.find(filter, { hint: sort, sort, limit: PAGE }).toArray();
    await collection.find({ _id: { $in: [...SOME_KEYS] } }).toArray();
    await collection.countDocuments({ 'by.lastViewAt': { $gte: 10 } });
  }

  private collection(): Collection<{ _id: string; body: object; by: Record<string, number> }> {
    return this.client.db().collection('raw');
  }

  private marks(): Collection<{ _id: string; checkpoint: number }> {
    return this.client.db().collection('marks');
  }
}

const SOME_KEYS = Array.from({ length: KEYS_PER_QUERY }, (_, i) => `media-${String(i * 7)}`);

/** Runs work with MONGODB_URL or a mongod of its own; says so if there is neither. */
export async function withMongo(work: (url: string) => Promise<void>): Promise<void> {
  const given = process.env.MONGODB_URL;
  const binary = given === undefined ? await findMongod() : undefined;
  if (given === undefined && binary === undefined) {
    process.stdout.write('MongoDB: skipped; set MONGODB_URL or MONGOMS_SYSTEM_BINARY\n\n');
    return;
  }
  const own = binary && (await startMongod(binary));
  try {
    await work(withDatabase(given ?? own?.getUri() ?? '', 'playhead-bench'));
  } finally {
    await own?.stop();
  }
}

const startMongod = ({
  path,
  version,
}: {
  path: string;
  version: string;
}): Promise<MongoMemoryReplSet> =>
  MongoMemoryReplSet.create({
    binary: { systemBinary: path, version },
    replSet: { count: 1, storageEngine: 'wiredTiger' },
  });
