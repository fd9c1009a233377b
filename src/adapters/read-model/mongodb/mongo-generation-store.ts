import { randomUUID } from 'node:crypto';
import type { ClientSession, Collection } from 'mongodb';
import type { ProjectionName } from '../../../ports/projection.js';
import type { GenerationPlace, GenerationSpec } from '../../../ports/read-model/generation.js';
import type {
  EndedRebuild,
  GenerationRecords,
  GenerationStore,
  RecordChange,
} from '../../../ports/read-model/records.js';
import { GenerationPlaces, SERVING } from './generation-places.js';
import type { MongoConnection } from './mongo-connection.js';
import { isDuplicateKey, isIndexMissing } from './mongo-errors.js';
import { MongoLane } from './mongo-lane.js';
import { expected, isFreeFor, written, type Owner } from './record-changes.js';
import {
  generationsIn,
  idOf,
  modelOf,
  outcomesIn,
  STATE,
  toRecord,
  type FoundGeneration,
  type OutcomeRecord,
  type StoredGeneration,
} from './stored-generation.js';

/** The records of generations in a database, as one of the nodes that share it sees them. */
export class MongoGenerationStore implements GenerationStore {
  protected readonly lane: MongoLane;
  protected readonly generations: Collection<StoredGeneration>;
  private readonly outcomes: Collection<OutcomeRecord>;
  private readonly ownerId: string;
  private readonly places: GenerationPlaces;

  /** The store closes the connection. */
  constructor(
    protected readonly connection: MongoConnection,
    { owner = randomUUID() }: OwnerOptions = {},
  ) {
    this.ownerId = owner;
    this.lane = new MongoLane(connection);
    this.generations = generationsIn(connection.database);
    this.outcomes = outcomesIn(connection.database);
    this.places = new GenerationPlaces(connection.database);
  }

  records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    return this.lane.runBeside(async (session) => {
      const options = { session, readConcern: { level: 'majority' } } as const;
      const ofThem = { $match: { projection: { $in: projections } } };
      const asOfNow = { $set: { state: STATE, now: '$$NOW' } };
      const found = await this.generations
        .aggregate<FoundGeneration>([ofThem, asOfNow], options)
        .toArray();
      // Outcomes are read last: each record that is not building any more has its outcome here.
      const outcomes = await this.outcomes.find({}, options).toArray();
      const faults = await this.places.faultsOf(found);
      return {
        generations: found.map((record, i) =>
          toRecord(record, { seenBy: this.ownerId, fault: faults[i] }),
        ),
        ended: outcomes.map(toEnded).filter(({ projection }) => projections.includes(projection)),
      };
    });
  }

  async write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    const acquired = changes.flatMap(({ before, claim }) =>
      before !== undefined && claim === 'acquire' ? [idOf(before)] : [],
    );
    if (acquired.length > 0) await this.endTransactionsOfOthers(acquired);
    const isNew = changes.some(({ before }) => before === undefined);
    try {
      return await this.lane.runTransaction(
        async (session) => {
          for (const change of changes) {
            if (await this.apply(change, session)) continue;
            await session.abortTransaction();
            return false;
          }
          if (ended === undefined) return true;
          const ofModel = { _id: modelOf(ended) };
          await this.outcomes.replaceOne(ofModel, ended.outcome, { session, upsert: true });
          return true;
        },
        isNew ? NEW_RECORD_MS : undefined,
      );
    } catch (error) {
      if (isDuplicateKey(error) || isIndexMissing(error)) return false;
      throw error;
    }
  }

  make(spec: GenerationSpec): Promise<GenerationPlace> {
    return this.lane.runBeside(() => this.places.make(spec));
  }

  drop(place: GenerationPlace): Promise<void> {
    return this.lane.runBeside(() => this.places.drop(place));
  }

  dropStrays(projections: readonly ProjectionName[]): Promise<void> {
    return this.lane.runBeside(() => this.places.dropStrays(projections));
  }

  /**
   * Ends the open transactions of owners whose claims have run out, and of a thread before this one
   * of the same node. An owner that died or hangs in a commit would hold the documents until the
   * server ends the transaction, a minute and more. One that was only slow does its commit again.
   */
  private endTransactionsOfOthers(ids: readonly string[]): Promise<void> {
    return this.lane.runBeside(async (session) => {
      const isOther = { $ne: this.lane.sessionId };
      const isLeft = { _id: { $in: [...ids] }, session: isOther, $expr: isFreeFor(this.ownerId) };
      const options = { session, readConcern: { level: 'majority' } } as const;
      const left = await this.generations.find(isLeft, options).toArray();
      const sessions = left.flatMap((record) => record.session ?? []);
      if (sessions.length > 0) await this.connection.killSessions(sessions);
    });
  }

  /** Makes a change; false if the record is not as it was read. */
  private async apply(change: RecordChange, session: ClientSession): Promise<boolean> {
    const { generations } = this;
    const { before, after, claim } = change;
    const owner: Owner = { id: this.ownerId, session: this.lane.sessionId };
    const filter = expected(change, owner);
    if (after === undefined) {
      return (await generations.deleteOne(filter, { session })).deletedCount === 1;
    }
    const upsert = before === undefined;
    const isAdopted = claim === 'acquire' && before?.identity === undefined;
    const place = upsert || isAdopted ? await this.places.find(idOf(after)) : undefined;
    const stages = written({ ...change, after }, owner, place);
    const { matchedCount, upsertedCount } = await generations.updateOne(filter, stages, {
      session,
      ...(upsert && { upsert, hint: SERVING }),
    });
    return matchedCount + upsertedCount === 1;
  }
}

/**
 * The time in which the writing of new records is tried: a writer that was cut off holds what it
 * wrote until the server ends its transaction, by default after 60 s, and up to half as long again.
 */
const NEW_RECORD_MS = 100_000;

export interface OwnerOptions {
  /** Distinguishes this writer from all others. */
  readonly owner?: string;
}

function toEnded({ _id, kind, at, detail }: OutcomeRecord): EndedRebuild {
  const [projection = '', version] = _id.split('.v');
  const outcome = { kind, at, detail };
  return { projection: projection as ProjectionName, version: Number(version), outcome };
}
