import type { ClientSession } from 'mongodb';
import { PlayheadError } from '../../../domain/errors.js';
import type { LiveSums } from '../../../domain/figures/live-sums.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type { DocumentReader, ReadModelReader } from '../../../ports/read-model/reader.js';
import type { LiveQuestion } from '../../../ports/read-model/live.js';
import type { ListedSession, SessionListQuestion } from '../../../ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
} from '../../../ports/read-model/slices.js';
import { MongoDocumentReader } from './mongo-document-reader.js';
import { pauseBefore, type MongoConnection } from './mongo-connection.js';
import { isIndexMissing, mayReadAgain } from './mongo-errors.js';
import { readLive } from './mongo-live.js';
import { MongoRetention } from './mongo-retention.js';
import { MongoSessionList } from './mongo-session-list.js';
import { MongoSlices } from './mongo-slices.js';
import { snapshotReading } from './snapshot-reading.js';
import { documentsIn } from './stored-documents.js';
import { generationsIn, modelOf, type StoredGeneration } from './stored-generation.js';

/** Reads the read models of a database, each query in a snapshot of its primary. */
export class MongoReadModelReader implements ReadModelReader {
  /** The reader closes the connection. */
  constructor(
    private readonly connection: MongoConnection,
    private readonly versions: Readonly<Record<ProjectionName, number>>,
  ) {}

  snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    atLeast: number,
    query: (readers: Each<Names, DocumentReader>) => Promise<Result>,
  ): Promise<Result> {
    const { database } = this.connection;
    return this.inSnapshot(projections, atLeast, (records, session) => {
      const readers = Object.entries<StoredGeneration>(records).map(([projection, record]) => [
        projection,
        new MongoDocumentReader(database, record, session),
      ]);
      return query(Object.fromEntries(readers) as Each<Names, DocumentReader>);
    });
  }

  slices(
    atLeast: number,
    questions: readonly Slice[],
    signal?: AbortSignal,
  ): Promise<readonly SliceAnswer[]> {
    return this.inSnapshot(['sessions'], atLeast, async ({ sessions }, session) => {
      const rows = documentsIn(this.connection.database, sessions._id);
      const slices = new MongoSlices(rows, snapshotReading(session, signal));
      const answers: SliceAnswer[] = [];
      for (const question of questions) answers.push(await slices.answer(question));
      return answers;
    });
  }

  retention(
    atLeast: number,
    question: RetentionQuestion,
    signal?: AbortSignal,
  ): Promise<RetentionAnswer> {
    return this.inSnapshot(['sessions'], atLeast, ({ sessions }, session) => {
      const rows = documentsIn(this.connection.database, sessions._id);
      return new MongoRetention(rows, snapshotReading(session, signal)).answer(question);
    });
  }

  sessions(
    atLeast: number,
    question: SessionListQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ListedSession[]> {
    return this.inSnapshot(['sessions'], atLeast, ({ sessions }, session) => {
      const rows = documentsIn(this.connection.database, sessions._id);
      return new MongoSessionList(rows, snapshotReading(session, signal), question).page();
    });
  }

  live(atLeast: number, question: LiveQuestion): Promise<readonly LiveSums[]> {
    return this.inSnapshot(['sessions'], atLeast, ({ sessions }, session) => {
      const rows = documentsIn(this.connection.database, sessions._id);
      return readLive(rows, session, question);
    });
  }

  ping(): Promise<void> {
    return this.connection.ping();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Runs reads; again, in another snapshot, if the server fails in the middle of them. */
  private async inSnapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    atLeast: number,
    work: (records: Each<Names, StoredGeneration>, session: ClientSession) => Promise<Result>,
  ): Promise<Result> {
    const deadline = performance.now() + TRY_AGAIN_MS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.connection.inSnapshot(async (session) =>
          work(await this.open(projections, atLeast, session), session),
        );
      } catch (error) {
        if (isIndexMissing(error)) throw new IndexGone();
        const isWorthIt = error instanceof SnapshotTooOld || mayReadAgain(error);
        if (!isWorthIt || performance.now() > deadline) {
          throw this.connection.failureOf(error);
        }
      }
      await pauseBefore(attempt);
    }
  }

  /** Finds all generations by one command, which fixes the moment of everything that is read. */
  private async open<Names extends readonly ProjectionName[]>(
    projections: Names,
    atLeast: number,
    session: ClientSession,
  ): Promise<Each<Names, StoredGeneration>> {
    const models = projections.map((projection) => this.modelOf(projection));
    const options = { session, readConcern: { level: 'snapshot' } } as const;
    const records = await generationsIn(this.connection.database)
      .find({ model: { $in: models }, serves: true }, options)
      .toArray();
    const serving = new Map(records.map((record) => [record.model, record]));
    const found = projections.map((projection) => {
      const record = readable(projection, serving.get(this.modelOf(projection)), atLeast);
      return [projection, record] as const;
    });
    return Object.fromEntries<StoredGeneration>(found) as Each<Names, StoredGeneration>;
  }

  private modelOf(projection: ProjectionName): string {
    return modelOf({ projection, version: this.versions[projection] });
  }
}

/** The time for which a query is tried again: by then a new primary knows what the old one said. */
const TRY_AGAIN_MS = 1_000;

/** The read models are in an older state than this node has been told of. */
class SnapshotTooOld extends PlayheadError {
  constructor(projection: ProjectionName) {
    super('READ_MODEL_BEHIND', `${projection} is not there yet`);
  }
}

/** Somebody dropped an index, or a whole collection: the projector folds the read model anew. */
class IndexGone extends PlayheadError {
  constructor() {
    super('READ_MODEL_BEHIND', 'a read model has lost an index, and is about to be folded anew');
  }
}

type Each<Names extends readonly ProjectionName[], Value> = Readonly<Record<Names[number], Value>>;

/** Returns the generation, if it may be read and has got as far as asked. */
function readable(
  projection: ProjectionName,
  record: StoredGeneration | undefined,
  atLeast: number,
): StoredGeneration {
  if (record === undefined) {
    throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
  }
  const { progress, servesFrom } = record;
  const { scanned } = progress;
  if (scanned < Math.max(servesFrom, atLeast)) throw new SnapshotTooOld(projection);
  return record;
}
