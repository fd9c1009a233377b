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
import { ConnectionPools } from './connection-pools.js';
import { hasLabel, isDenied, isOutOfReach, notOpened, outOfReach } from './mongo-errors.js';

/** How long a command waits for a server that can take it: an election takes a few seconds. */
const SERVER_SELECTION_MS = 5_000;
/**
 * How often a server tells that it is there. One that the driver gave up after an error, though it
 * did not change, counts as gone until it tells: well within the time that a command waits.
 */
const HEARTBEAT_MS = 2_000;
/** How long a new connection may take; also how soon a server that hangs is noticed. */
const CONNECT_MS = 5_000;
/** How long an answer may take: more than any command of ours needs. */
const ANSWER_MS = 30_000;
/** How long a majority may take to confirm a write, before its outcome counts as unknown. */
const MAJORITY_MS = 10_000;
/** How old the record of a ping may be, and how long a majority may take to confirm a new one. */
const PING_MS = 500;
const PING_MS_MAX = 1_000;
/** How long transactions are tried again, and how long before each of the tries. */
const TRY_AGAIN_MS = 10_000;
const PAUSE = { minMs: 5, maxMs: 500 };

const CODE_UNAUTHORIZED = 13;
const CODE_AUTHENTICATION_FAILED = 18;

/** What is read in a transaction is of one moment, what it writes outlives the loss of a member. */
const TRANSACTION: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', wtimeoutMS: MAJORITY_MS },
};

/** A setting of MONGODB_URL, or the server that it leads to, does not do; says what does. */
export class UnfitMongo extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`MONGODB_URL: ${message}`, options);
    this.name = 'UnfitMongo';
  }
}

/**
 * A database of a replica set or a sharded cluster. Writer, reader and leases share it; who opened
 * it closes it. Lost connections are made anew by the driver.
 *
 * Read concerns are given with each command, never to the client: the driver writes a session's
 * times into the object that it inherits, from where they would get into everybody's reads.
 */
export class MongoConnection {
  private readonly pools: ConnectionPools;

  private constructor(
    private readonly client: MongoClient,
    readonly database: Db,
  ) {
    this.pools = new ConnectionPools(client);
  }

  /** Connects; UnfitMongo for what is wrong with the URL, STORE_UNAVAILABLE if nobody answers. */
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
   * Writes a record of its own, which a majority has to confirm: as any commit, it fails where the
   * primary has lost the others. Of many nodes one or two a second write it; those that find it
   * just written wait for that write to be confirmed.
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

  /** A session in which everything sees what was done in it before. */
  startSession(): ClientSession {
    return this.client.startSession({ causalConsistency: true });
  }

  /**
   * Ends the transactions that sessions of another process have open. Where the server does not let
   * this user do so, they end when they have lasted as long as the server lets them.
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

  /** What a failure of commands is to who asked for them: STORE_UNAVAILABLE, or as it is. */
  failureOf(error: unknown): unknown {
    if (isDenied(error)) this.pools.renew();
    return isOutOfReach(error) ? outOfReach(error, placeOf(this.client.options)) : error;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

/**
 * Runs work in a transaction of a session, again if the server says that this may help; it may end
 * the transaction itself, without effect. If the outcome of the commit stays unknown it throws.
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
      if (!isTransient || performance.now() > deadline) throw error;
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

/** Grows with each attempt and differs between writers, so that they do not meet again. */
export const pauseBefore = (attempt: number): Promise<void> =>
  pause(Math.random() * backOffMs(PAUSE, attempt));

/** Settings of ours win over those of the URL: correctness hangs on the first four. */
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

/** Why the first contact failed, in a line; no message of the driver holds the password. */
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

/** Where it is, for messages. */
const placeOf = ({ srvHost, hosts }: MongoOptions): string =>
  `MongoDB at ${srvHost ?? hosts.join(', ')}`;
