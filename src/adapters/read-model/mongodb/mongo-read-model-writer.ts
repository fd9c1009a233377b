import { setTimeout as pause } from 'node:timers/promises';
import type { ClientSession, Collection } from 'mongodb';
import { RETIRES_AT } from '../../../ports/projection.js';
import type {
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../../../ports/read-model/documents.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationProgress,
} from '../../../ports/read-model/generation.js';
import { CLAIM_MS } from '../../../ports/read-model/records.js';
import type { ReadModelWriter } from '../../../ports/read-model/writer.js';
import { inTransaction } from './mongo-connection.js';
import { MongoGenerationStore } from './mongo-generation-store.js';
import { EXPIRY, held, heldAt, identified, literal } from './record-changes.js';
import {
  documentsIn,
  findByKeys,
  operationsOf,
  parkedIdOf,
  parkedIn,
  parkedOperationsOf,
  pathOf,
  type DocumentRecord,
  type ParkedRecord,
} from './stored-documents.js';
import { idOf } from './stored-generation.js';

/**
 * Read models in MongoDB: a collection for each generation, and one with a record of every
 * generation's progress and owner. Every commit writes that record, if it has the identity, fence
 * and checkpoint that the writer knows: of two writers one fails, however late it wakes.
 */
export class MongoReadModelWriter extends MongoGenerationStore implements ReadModelWriter {
  /** The commit under way; undefined if there is none. */
  private out: Commit | undefined;

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.lane.runSnapshot(async (session) => {
      const options = { session, readConcern: { level: 'snapshot' } } as const;
      const record = await this.generations.findOne(heldAt(generation), options);
      if (record === null) throw new CheckpointMoved(generation);
      return findByKeys(this.documentsOf(generation), keys, session);
    });
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    let tries = 0;
    await this.lane.run((session) => {
      const commit = inTransaction(session, () => {
        tries += 1;
        return this.tryCommit(generation, write, { session, isRecordFirst: tries > TRIES_OPEN });
      });
      this.out = {
        of: generation,
        isRecordFirst: () => tries > TRIES_OPEN,
        isMade: commit.then(
          () => true,
          () => false,
        ),
      };
      return commit.finally(() => {
        this.out = undefined;
      });
    });
    const { checkpoint, checkpointId, totals } = write;
    return { ...generation, checkpoint, checkpointId, totals };
  }

  async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    const news = { progress: literal(progress), expiresAt: EXPIRY };
    const { matchedCount } = await this.lane.run((session) =>
      this.generations.updateOne(heldAt(generation), [{ $set: news }], {
        session,
      }),
    );
    if (matchedCount === 0) throw new CheckpointMoved(generation);
  }

  async keep(generation: Generation, orAt = generation.checkpoint): Promise<void> {
    const { out } = this;
    if (out !== undefined && isSameClaim(out.of, generation)) {
      const tooLong = pause(COMMIT_FIRST_MS, false, { ref: false });
      if (await Promise.race([out.isMade, tooLong])) return;
      // Then nobody can write the record beside it.
      if (this.out === out && out.isRecordFirst()) return;
    }
    const checkpoint = { $in: [generation.checkpoint, orAt] };
    const limits = { maxTimeMS: KEEP_MS, signal: AbortSignal.timeout(KEEP_ANSWER_MS) };
    const { matchedCount } = await this.lane.runBeside((session) =>
      this.generations.updateOne(
        { ...held(generation), checkpoint },
        [{ $set: { expiresAt: EXPIRY } }],
        { session, ...limits },
      ),
    );
    if (matchedCount === 0) throw new CheckpointMoved(generation);
  }

  parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return this.lane.run(async (session) => {
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
    return this.lane.runTransaction(async (session) => {
      const wanted = await this.generations.updateOne(
        { ...identified(generation), serves: true },
        { $set: { isRetryWanted: true }, $inc: { retries: 1 } },
        { session },
      );
      if (wanted.matchedCount === 0) throw new CheckpointMoved(generation);
      if (giveUp === undefined) return true;
      const { matchedCount } = await this.parkedOf(generation).updateOne(
        { _id: parkedIdOf(giveUp) },
        { $set: { skipped: giveUp.reason } },
        { session },
      );
      if (matchedCount === 0) await session.abortTransaction();
      return matchedCount > 0;
    });
  }

  async retire(generation: Generation, before: number): Promise<void> {
    const documents = this.documentsOf(generation);
    const path = pathOf(RETIRES_AT);
    await this.lane.run(async (session) => {
      // Without the index no document has such a time, and the search would look at every document.
      if (!(await documents.indexExists(path, { session }))) return;
      // The time is written first: a removed document must never look as if it were lost.
      const retired = { $max: { retiredBefore: before } };
      await this.generations.updateOne({ _id: idOf(generation) }, retired, { session });
      await documents.deleteMany({ [path]: { $lt: before } }, { session });
    });
  }

  close(): Promise<void> {
    return this.lane.close();
  }

  private async tryCommit(
    generation: Generation,
    write: GenerationWrite,
    {
      session,
      isRecordFirst,
    }: { readonly session: ClientSession; readonly isRecordFirst: boolean },
  ): Promise<void> {
    const documents = operationsOf(write);
    const parked = parkedOperationsOf(write.parked);
    if (isRecordFirst) await this.moveOn(generation, write, session);
    if (documents.length > 0) await this.documentsOf(generation).bulkWrite(documents, { session });
    if (parked.length > 0) await this.parkedOf(generation).bulkWrite(parked, { session });
    if (!isRecordFirst) await this.moveOn(generation, write, session);
  }

  /** Writes the progress of a commit, if the generation is as its owner believes. */
  private async moveOn(
    generation: Generation,
    write: GenerationWrite,
    session: ClientSession,
  ): Promise<void> {
    const { checkpoint, checkpointId, totals, progress, endsRetry } = write;
    const isAnswered = { $eq: [{ $ifNull: ['$retries', 0] }, endsRetry] };
    const isAsBelieved = {
      ...heldAt(generation),
      ...(endsRetry !== undefined && { $expr: isAnswered }),
    };
    const news = {
      checkpoint,
      checkpointEvent: literal({ position: checkpoint, id: checkpointId }),
      totals: literal(totals),
      progress: literal(progress),
      ...(endsRetry !== undefined && { isRetryWanted: false }),
      expiresAt: EXPIRY,
    };
    const { matchedCount } = await this.generations.updateOne(isAsBelieved, [{ $set: news }], {
      session,
    });
    if (matchedCount === 0) throw new CheckpointMoved(generation);
  }

  private documentsOf(generation: Generation): Collection<DocumentRecord> {
    return documentsIn(this.connection.database, idOf(generation));
  }

  private parkedOf(generation: Generation): Collection<ParkedRecord> {
    return parkedIn(this.connection.database, idOf(generation));
  }
}

/**
 * The times to keep a claim: before the server gives up, and before this node stops waiting for an
 * answer. Other claims have to be kept, too.
 */
const KEEP_MS = CLAIM_MS / 4;
const KEEP_ANSWER_MS = CLAIM_MS / 3;
/**
 * The time that keeping waits for a commit under way, which keeps the claim itself: if another
 * write changes the record while a commit writes documents, the server has the commit begin anew.
 */
const COMMIT_FIRST_MS = CLAIM_MS / 4;
/**
 * The tries in which a commit writes the record last, so that the claim can be kept meanwhile.
 * After them it writes the record first, so that other writers have to wait. Else a commit that
 * lasts until the claim is kept would never be made.
 *
 * Nothing can keep the claim beside such a try. If it lasts longer than a claim, another node may
 * end its transaction and take over. Figures stay exact: nothing of the transaction is stored, and
 * the next try finds another fence. It does not go on for ever either: each such batch is followed
 * by one of a quarter (`FittingLength`), and a node that has not folded yet begins with short ones.
 */
const TRIES_OPEN = 1;

/** A commit under way. */
interface Commit {
  readonly of: Generation;
  /** Says whether its present try writes the record first. */
  readonly isRecordFirst: () => boolean;
  /** Resolves to whether it succeeds in the end. */
  readonly isMade: Promise<boolean>;
}

const isSameClaim = (a: Generation, b: Generation): boolean =>
  a.identity === b.identity && a.fence === b.fence;
