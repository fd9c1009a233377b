import type { Binary, ClientSession } from 'mongodb';
import { inTransaction, type MongoConnection } from './mongo-connection.js';

/**
 * A writer's work, done in one session, one thing after the other. So the writer reads its own
 * writes, even from a new primary, and its next transaction ends one that it has left behind.
 */
export class MongoLane {
  private readonly session: ClientSession;
  private lastCall: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: MongoConnection) {
    this.session = connection.startSession();
  }

  /** The id by which another writer may end the transactions that this writer has left open. */
  get sessionId(): Binary {
    const { id } = this.session.id ?? {};
    if (id === undefined) throw new Error('the writer is closed');
    return id;
  }

  run<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const call = this.lastCall.then(() => this.connection.reach(() => work(this.session)));
    this.lastCall = call.catch(() => undefined);
    return call;
  }

  /** Runs work in a transaction, again if the server asks for it; see `inTransaction`. */
  runTransaction<Result>(
    work: (session: ClientSession) => Promise<Result>,
    tryAgainMs?: number,
  ): Promise<Result> {
    return this.run((session) => inTransaction(session, () => work(session), tryAgainMs));
  }

  /** Runs reads that all see the database as it is at the first of them. */
  runSnapshot<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    return this.run(() => this.connection.inSnapshot(work));
  }

  /** Runs work beside the lane's; it sees all that was done before. */
  async runBeside<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const session = this.connection.startSession();
    const { operationTime } = this.session;
    if (operationTime !== undefined) session.advanceOperationTime(operationTime);
    try {
      return await this.connection.reach(() => work(session));
    } finally {
      await session.endSession();
    }
  }

  async close(): Promise<void> {
    await this.lastCall;
    await this.session.endSession();
    await this.connection.close();
  }
}
