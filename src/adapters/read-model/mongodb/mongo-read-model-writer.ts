import type { Collection } from 'mongodb';
import { RETIRES_AT } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type GenerationStart,
  type GenerationStatus,
  type GenerationWrite,
  type GivenUp,
  type ParkedEvent,
  type ReadModelWriter,
  type RebuildStore,
  type StoredDocument,
} from '../../../ports/read-model-store.js';
import {
  documentsIn,
  findByKeys,
  idOf,
  modelOf,
  parkedIdOf,
  parkedIn,
  pathOf,
  toGeneration,
  toStatus,
  type DocumentRecord,
  type ParkedRecord,
} from './generation-records.js';
import { startGeneration } from './generation-start.js';
import {
  FREE,
  held,
  literal,
  NEXT_FENCE,
  operationsOf,
  parkedOperationsOf,
} from './generation-writes.js';
import type { MongoConnection } from './mongo-connection.js';
import { isFreeFor, MongoOwner, type OwnerOptions } from './mongo-owner.js';
import { MongoRebuilds } from './mongo-rebuilds.js';

/**
 * Read models in MongoDB: a collection for each generation, and one that says of every generation
 * how far it is and who may write it. Every commit writes that record, under the fence and at the
 * checkpoint that the writer knows: of two writers one fails, however late it wakes.
 */
export class MongoReadModelWriter implements ReadModelWriter {
  readonly rebuilds: RebuildStore;
  private readonly owner: MongoOwner;

  /** The connection is closed with the writer. */
  constructor(connection: MongoConnection, options: OwnerOptions = {}) {
    this.owner = new MongoOwner(connection, options);
    this.rebuilds = new MongoRebuilds(this.owner);
  }

  serving(specs: readonly GenerationSpec[]): Promise<readonly (GenerationStatus | undefined)[]> {
    return this.owner.run(async (session) => {
      const records = await this.owner.find(specs, { serves: true }, session);
      const byModel = new Map(records.map((record) => [record.model, toStatus(record)]));
      return specs.map((spec) => byModel.get(modelOf(spec)));
    });
  }

  async claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    const ids = generations.map(idOf);
    await this.owner.endTransactionsOfOthers(ids);
    return this.owner.runTransaction(async (session) => {
      const { matchedCount } = await this.owner.generations.updateMany(
        {
          _id: { $in: ids },
          $and: [{ $or: [{ serves: true }, { fills: true }] }, isFreeFor(this.owner.id)],
        },
        [{ $set: { ...this.owner.claim(), fence: NEXT_FENCE } }],
        { session },
      );
      if (matchedCount < ids.length) return session.abortTransaction().then(() => undefined);
      const records = await this.owner.generations
        .find({ _id: { $in: ids } }, { session })
        .toArray();
      const claimed = new Map(records.map((record) => [record._id, toGeneration(record)]));
      return ids.flatMap((id) => claimed.get(id) ?? []);
    });
  }

  start(spec: GenerationSpec, how: GenerationStart): Promise<Generation | undefined> {
    const { database } = this.owner.connection;
    const claim = this.owner.claim();
    return this.owner.run((session) => startGeneration(spec, { ...how, claim, database, session }));
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.owner.run((session) =>
      findByKeys(this.documentsOf(generation), keys, { session, level: 'majority' }),
    );
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const { checkpoint, totals, progress, endsRetry = false } = write;
    const documents = operationsOf(write);
    const parked = parkedOperationsOf(write.parked);
    await this.owner.runTransaction(async (session) => {
      if (documents.length > 0) {
        await this.documentsOf(generation).bulkWrite(documents, { session });
      }
      if (parked.length > 0) await this.parkedOf(generation).bulkWrite(parked, { session });
      const isMine = { ...held(generation), checkpoint: generation.checkpoint };
      const retry = endsRetry ? { isRetryWanted: false } : {};
      const state = { checkpoint, totals: literal(totals), progress: literal(progress), ...retry };
      const news = { ...state, expiresAt: this.owner.expiry() };
      const { matchedCount } = await this.owner.generations.updateOne(isMine, [{ $set: news }], {
        session,
      });
      if (matchedCount === 0) throw new CheckpointMoved(generation);
    });
    return { ...generation, checkpoint, totals };
  }

  async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    const news = { progress: literal(progress), expiresAt: this.owner.expiry() };
    const { matchedCount } = await this.owner.run((session) =>
      this.owner.generations.updateOne(held(generation), [{ $set: news }], { session }),
    );
    if (matchedCount === 0) throw new CheckpointMoved(generation);
  }

  async release(generations: readonly Generation[]): Promise<void> {
    await this.owner.run(async (session) => {
      for (const generation of generations) {
        await this.owner.generations.updateOne(held(generation), [{ $set: FREE }], { session });
      }
    });
  }

  parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return this.owner.run(async (session) => {
      const options = {
        session,
        readConcern: { level: 'majority' },
        projection: { _id: 0 },
      } as const;
      const parked = this.parkedOf(generation).find<ParkedEvent>({}, options);
      return parked.sort({ position: 1, key: 1 }).toArray();
    });
  }

  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    return this.owner.runTransaction(async (session) => {
      if (giveUp !== undefined) {
        const { matchedCount } = await this.parkedOf(generation).updateOne(
          { _id: parkedIdOf(giveUp) },
          { $set: { skipped: giveUp.reason } },
          { session },
        );
        if (matchedCount === 0) return false;
      }
      const wanted = { $set: { isRetryWanted: true } };
      const { matchedCount } = await this.owner.generations.updateOne(
        { _id: idOf(generation) },
        wanted,
        {
          session,
        },
      );
      return matchedCount > 0;
    });
  }

  async retire(generation: Generation, before: number): Promise<void> {
    const documents = this.documentsOf(generation);
    const path = pathOf(RETIRES_AT);
    await this.owner.run(async (session) => {
      // Without the index every document would be looked at, and none of them has such a time.
      if (!(await documents.indexExists(path, { session }))) return;
      // First: what is gone must never look as if it were lost.
      const retired = { $max: { retiredBefore: before } };
      await this.owner.generations.updateOne({ _id: idOf(generation) }, retired, { session });
      await documents.deleteMany({ [path]: { $lt: before } }, { session });
    });
  }

  close(): Promise<void> {
    return this.owner.close();
  }

  private documentsOf(generation: Generation): Collection<DocumentRecord> {
    return documentsIn(this.owner.connection.database, idOf(generation));
  }

  private parkedOf(generation: Generation): Collection<ParkedRecord> {
    return parkedIn(this.owner.connection.database, idOf(generation));
  }
}
