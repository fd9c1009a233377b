import { randomUUID } from 'node:crypto';
import type { Binary, ClientSession, Collection, Filter } from 'mongodb';
import { CLAIM_MS, type GenerationSpec } from '../../../ports/read-model-store.js';
import {
  generationsIn,
  modelOf,
  type FoundGeneration,
  type GenerationRecord,
} from './generation-records.js';
import { inTransaction, type MongoConnection } from './mongo-connection.js';

export interface OwnerOptions {
  /** Distinguishes this writer from all others. */
  readonly owner?: string;
  /** How long its claims last, in milliseconds. */
  readonly claimMs?: number;
}

/** One of those who share the read models of a database. */
export class MongoOwner {
  readonly generations: Collection<GenerationRecord>;
  readonly id: string;
  private readonly claimMs: number;
  /**
   * Everything is done in one session, one after the other. So a writer reads what it wrote, also
   * from a new primary, and a transaction that it has left behind ends with its next one.
   */
  private readonly session: ClientSession;
  private lastCall: Promise<unknown> = Promise.resolve();

  constructor(
    readonly connection: MongoConnection,
    { owner = randomUUID(), claimMs = CLAIM_MS }: OwnerOptions,
  ) {
    this.generations = generationsIn(connection.database);
    this.session = connection.startSession();
    this.id = owner;
    this.claimMs = claimMs;
  }

  /** The generations of some models, and whether somebody else has a claim on them. */
  find(
    specs: readonly GenerationSpec[],
    filter: Filter<GenerationRecord>,
    session: ClientSession,
  ): Promise<readonly FoundGeneration[]> {
    const isTaken = {
      $and: [{ $ne: ['$owner', this.id] }, { $gt: ['$expiresAt', '$$NOW'] }],
    };
    return this.generations
      .aggregate<FoundGeneration>(
        [{ $match: { model: { $in: specs.map(modelOf) }, ...filter } }, { $set: { isTaken } }],
        { session, readConcern: { level: 'majority' } },
      )
      .toArray();
  }

  /** When a claim made or renewed now runs out. */
  expiry(): object {
    return { $add: ['$$NOW', this.claimMs] };
  }

  /** What a claim writes, but for the fence. */
  claim(): { owner: string; session: Binary; expiresAt: object } {
    const { id } = this.session.id ?? {};
    if (id === undefined) throw new Error('the writer is closed');
    return { owner: this.id, session: id, expiresAt: this.expiry() };
  }

  /**
   * Ends what those left open whose claims have run out: who died or hangs inside a commit would
   * hold its documents until the server ends the transaction, a minute and more. If it lives and
   * was only slow, it does its commit again.
   */
  async endTransactionsOfOthers(ids: readonly string[]): Promise<void> {
    await this.run(async (session) => {
      const left = await this.generations
        .find(
          { _id: { $in: [...ids] }, owner: { $nin: [this.id, null] }, ...IS_OVER },
          { session, readConcern: { level: 'majority' }, projection: { session: 1 } },
        )
        .toArray();
      const sessions = left.flatMap((record) => record.session ?? []);
      if (sessions.length > 0) await this.connection.killSessions(sessions);
    });
  }

  runTransaction<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    return this.run((session) => inTransaction(session, () => work(session)));
  }

  run<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const call = this.lastCall.then(() => this.connection.reach(() => work(this.session)));
    this.lastCall = call.catch(() => undefined);
    return call;
  }

  async close(): Promise<void> {
    await this.lastCall;
    await this.session.endSession();
    await this.connection.close();
  }
}

/** A claim that has run out, or was given back. */
const IS_OVER = { $expr: { $lte: ['$expiresAt', '$$NOW'] } };

/** What an owner may claim: its own, and what is nobody else's. */
export const isFreeFor = (owner: string): Filter<GenerationRecord> => ({
  $or: [{ owner }, IS_OVER],
});
