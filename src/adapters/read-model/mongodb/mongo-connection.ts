import { setTimeout as pause } from 'node:timers/promises';
import {
  MongoClient,
  MongoServerError,
  MongoServerSelectionError,
  type Binary,
  type ClientSession,
  type Db,
  type MongoOptions,
  type TransactionOptions,
} from 'mongodb';
import { backOffMs } from '../../../domain/back-off.js';
import { messageWithCauses } from '../../../domain/errors.js';
import { ConnectionPools } from './connection-pools.js';
import {
  hasLabel,
  isConflict,
  isDenied,
  isOutOfReach,
  notOpened,
  outOfReach,
} from './mongo-errors.js';

/**
 * A database of a replica set or a sharded cluster. A reader, leases, clock and holder share a
 * connection, which the reader closes; a writer has its own. The driver makes lost ones anew.
 *
 * Each command gets its own read concern, never the client: the driver writes a session's times
 * into the object that it inherits, from where they would get into everybody's reads.
 */
export class MongoConnection {
  private readonly pools: ConnectionPools;

  private constructor(
    private readonly client: MongoClient,
    readonly database: Db,
  ) {
    this.pools = new ConnectionPools(client);
  }

  /** Connects; UnfitMongo for a wrong URL or server, STORE_UNAVAILABLE if nobody answers. */
  static async open(url: string): Promise<MongoConnection> {
    const client = createClient(url);
    try {
      await client.connect();
      const database = client.db();
      const { setName, msg } = await database.command({ hello: 1 });
      if (setName === undefined && msg !== 'isdbgrid') throw standalone();
      await database.collection('generations').findOne({}, { projection: { _id: 1 } });
      return new MongoConnection(client, database);
    } catch (error) {
      await client.close();
      throw explain(error, client.options);
    }
  }

  /**
   * Writes a record of its own, which a majority has to confirm: like any commit, it fails where
   * the primary has lost the others. Of many nodes, one or two a second write it; the others find
   * it just written, and wait for the confirmation of that write.
   */
  async ping(): Promise<void> {
    const isOld = { $lt: ['$at', { $subtract: ['$$NOW', PING_MS] }] };
    const at = { $cond: [isOld, '$$NOW', '$at'] };
    await this.reach(() =>
      this.database
        .collection<{ readonly _id: string }>('pings')
        .updateOne({ _id: 'nodes' }, [{ $set: { at } }], {
          upsert: true,
          writeConcern: { w: 'majority', wtimeoutMS: PING_MS_MAX },
        }),
    );
  }

  /** Runs reads that all see the database as it is at the first of them. */
  inSnapshot<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    return this.client.withSession({ snapshot: true }, work);
  }

  /** Starts a session in which everything sees what was done in it before. */
  startSession(): ClientSession {
    return this.client.startSession({ causalConsistency: true });
  }

  /**
   * Ends the open transactions of another process's sessions. If the server does not let this user
   * do so, they end after the time that the server gives a transaction.
   */
  async killSessions(ids: readonly Binary[]): Promise<void> {
    try {
      await this.database.command({ killSessions: ids.map((id) => ({ id })) });
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
    }
  }

  /** Runs commands; STORE_UNAVAILABLE if the server does not answer them. */
  async reach<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.failureOf(error);
    }
  }

  /** Turns a failure of commands into the caller's error: STORE_UNAVAILABLE, or itself. */
  failureOf(error: unknown): unknown {
    if (isDenied(error)) this.pools.renew();
    return isOutOfReach(error) ? outOfReach(error, placeOf(this.client.options)) : error;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

/** The time that a command waits for a server that can take it: an election takes some seconds. */
const SERVER_SELECTION_MS = 5_000;
/**
 * The interval of a server's signs of life. A server that the driver gave up after an error, though
 * it did not change, counts as gone until its next sign: well within a command's wait.
 */
const HEARTBEAT_MS = 2_000;
/** The time that a new connection may take; also the time to notice a server that hangs. */
const CONNECT_MS = 5_000;
/**
 * The time for which an answer may bring nothing: more than any command of ours needs. Then the
 * driver ends the connection, upon which the server ends the read.
 */
const ANSWER_MS = 30_000;
/** The time that a majority may take to confirm a write, before its outcome counts as unknown. */
const MAJORITY_MS = 10_000;
/** The age that the record of a ping may have, and the time for a majority to confirm a new one. */
const PING_MS = 500;
const PING_MS_MAX = 1_000;
/** The time for which transactions are tried again, and the pauses before the tries. */
const TRY_AGAIN_MS = 10_000;
/** The tries of a transaction that met another write, however long each of them takes. */
const TRIES_MIN = 3;
const PAUSE = { minMs: 5, maxMs: 500 };

const CODE_UNAUTHORIZED = 13;
const CODE_AUTHENTICATION_FAILED = 18;

/** A transaction reads one moment, and its writes outlive the loss of a member. */
const TRANSACTION: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', wtimeoutMS: MAJORITY_MS },
};

/** A setting of MONGODB_URL, or its server, is unfit; the message says what would do. */
export class UnfitMongo extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`MONGODB_URL: ${message}`, options);
    this.name = 'UnfitMongo';
  }
}

/**
 * Runs work in a transaction of a session, again if the server says that this may help. The work
 * may end the transaction itself, without effect. Throws if the commit's outcome stays unknown.
 */
export async function inTransaction<Result>(
  session: ClientSession,
  work: () => Promise<Result>,
  tryAgainMs = TRY_AGAIN_MS,
): Promise<Result> {
  const deadline = performance.now() + tryAgainMs;
  for (let attempt = 1; ; attempt += 1) {
    session.startTransaction(TRANSACTION);
    try {
      const result = await work();
      if (session.inTransaction()) await commit(session, deadline);
      return result;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction();
      const isTransient = hasLabel(error, 'TransientTransactionError');
      const isInTime = performance.now() <= deadline;
      const mayTryAgain = isInTime || (isConflict(error) && attempt < TRIES_MIN);
      if (!isTransient || !mayTryAgain) throw error;
    }
    await pauseBefore(attempt);
  }
}

async function commit(session: ClientSession, deadline: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      const isUnknown = hasLabel(error, 'UnknownTransactionCommitResult');
      if (!isUnknown || performance.now() > deadline) throw error;
    }
    await pauseBefore(attempt);
  }
}

/** Waits before an attempt: longer each time and at random, so that writers part. */
export const pauseBefore = (attempt: number): Promise<void> =>
  pause(Math.random() * backOffMs(PAUSE, attempt));

/** Makes the client. These settings win over the URL's: correctness depends on the first four. */
function createClient(url: string): MongoClient {
  if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^?]/.test(url)) {
    throw new UnfitMongo('needs a database name: mongodb://HOST/DATABASE?replicaSet=NAME');
  }
  try {
    return new MongoClient(url, {
      readPreference: 'primary',
      writeConcern: { w: 'majority', wtimeoutMS: MAJORITY_MS },
      retryWrites: true,
      ignoreUndefined: true,
      serverSelectionTimeoutMS: SERVER_SELECTION_MS,
      heartbeatFrequencyMS: HEARTBEAT_MS,
      connectTimeoutMS: CONNECT_MS,
      socketTimeoutMS: ANSWER_MS,
      appName: 'playhead',
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(url, '...') : String(error);
    throw new UnfitMongo(`is no connection string of MongoDB: ${reason}`);
  }
}

const standalone = (): UnfitMongo =>
  new UnfitMongo(
    'the server stands alone, without transactions: start it with --replSet NAME, run ' +
      'rs.initiate() in mongosh once, and add ?replicaSet=NAME to the URL',
  );

/** Explains the failed first contact in a line; no message of the driver holds the password. */
function explain(error: unknown, options: MongoOptions): Error {
  if (error instanceof UnfitMongo) return error;
  const code = error instanceof MongoServerError ? error.code : undefined;
  if (code === CODE_AUTHENTICATION_FAILED) {
    const remedy = 'the user name or password is wrong, or authSource= names another database';
    return new UnfitMongo(remedy, { cause: error });
  }
  if (code === CODE_UNAUTHORIZED) {
    const remedy = 'names no user who may read and write the database (role readWrite)';
    return new UnfitMongo(remedy, { cause: error });
  }
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && path !== undefined) {
    return new UnfitMongo(`names a file that cannot be read: ${messageWithCauses(error)}`, {
      cause: error,
    });
  }
  const place = placeOf(options);
  if (error instanceof MongoServerSelectionError && error.cause === undefined) {
    const remedy =
      'has no primary: run rs.initiate() if the replica set is new, and see that ?replicaSet= ' +
      'names it and that its members can be reached from here by the names that it gives them';
    return notOpened(error, `${place} ${remedy}`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return notOpened(error, `${place} does not answer: ${reason}`);
}

/** Names the server, for messages. */
const placeOf = ({ srvHost, hosts }: MongoOptions): string =>
  `MongoDB at ${srvHost ?? hosts.join(', ')}`;
