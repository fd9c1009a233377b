import type { Collection } from 'mongodb';
import type { LogIds } from '../../../ports/event-store.js';
import { UnfitMongo, type MongoConnection } from './mongo-connection.js';
import { generationsIn, outcomesIn, STATE } from './stored-generation.js';

/** Gives a database to one log: the read models of two logs would undo each other. */
export class DatabaseHolder {
  private readonly holders: Collection<HolderRecord>;

  constructor(private readonly connection: MongoConnection) {
    this.holders = connection.database.collection('holder');
  }

  /**
   * Looks who has the database, and returns a function that refuses another log with UnfitMongo.
   * Call this before looking at the log: another node may begin log and read models meanwhile.
   */
  async look(): Promise<(log: LogIds | undefined) => void> {
    const holding = await this.holding();
    return (log) => {
      if (!isOf(holding, log)) throw another();
    };
  }

  /** Gives the database to a log; throws UnfitMongo if another log has it. */
  async claim(log: LogIds): Promise<void> {
    const refuseOthers = await this.look();
    refuseOthers(log);
    const { logId } = log;
    const holder = await this.connection.reach(() =>
      this.holders.findOneAndUpdate(
        { _id: 'log' },
        { $setOnInsert: { logId } },
        { upsert: true, returnDocument: 'after' },
      ),
    );
    if (holder?.logId !== logId) throw another();
  }

  /**
   * Takes the database from a log whose servers are stopped, and forgets its read models. Does
   * nothing and returns `kept` if it is that log's or nobody's; `busy` while a server is at work.
   */
  async takeFor(log: LogIds | undefined): Promise<'kept' | 'busy' | 'taken'> {
    if (isOf(await this.holding(), log)) return 'kept';
    const { database } = this.connection;
    return this.connection.reach(async () => {
      const isHeld = { $expr: { $gt: ['$expiresAt', '$$NOW'] } };
      if ((await generationsIn(database).findOne(isHeld)) !== null) return 'busy';
      await this.holders.deleteMany({});
      await generationsIn(database).deleteMany({});
      await outcomesIn(database).deleteMany({});
      return 'taken';
    });
  }

  private holding(): Promise<Holding> {
    return this.connection.reach(async () => {
      const holder = await this.holders.findOne({ _id: 'log' });
      const isUsed = { $expr: { $ne: [STATE, 'removed'] } };
      const storeIds = await generationsIn(this.connection.database).distinct('storeId', isUsed);
      return { logId: holder?.logId, storeIds };
    });
  }
}

/** The log whose read models a database holds. Nodes of 0.1.0 write no such record. */
interface HolderRecord {
  readonly _id: 'log';
  readonly logId: string;
}

/** The logs whose read models a database holds, as of one moment. */
interface Holding {
  /** Undefined if there is no record of the log. */
  readonly logId: string | undefined;
  /** The stores that the read models in use were folded from. */
  readonly storeIds: readonly string[];
}

/** Says whether a log's servers may use the database; `log` is undefined before its first event. */
const isOf = ({ logId, storeIds }: Holding, log: LogIds | undefined): boolean =>
  logId === undefined
    ? storeIds.every((storeId) => storeId === log?.storeId)
    : logId === log?.logId;

const another = (): UnfitMongo =>
  new UnfitMongo(
    'the database holds the read models of another event log: name another database, or see ' +
      'that EVENTSTORE_URL and EVENTSTORE_PREFIX are right. If the other log needs it no more, ' +
      'stop its servers and run once: npm run cli -- take-over',
  );
