import type { Collection } from 'mongodb';
import type { LogIds } from '../../../ports/event-store.js';
import { UnfitMongo, type MongoConnection } from './mongo-connection.js';
import { generationsIn, outcomesIn, STATE } from './stored-generation.js';

/** Whose read models a database holds; what nodes of 0.1.0 made does not say. */
interface HolderRecord {
  readonly _id: 'log';
  readonly logId: string;
}

/** Whose read models a database holds, as it was at a moment. */
interface Holding {
  /** Undefined where no record says so. */
  readonly logId: string | undefined;
  /** Of the read models that are in use. */
  readonly storeIds: readonly string[];
}

/** Whether a log's servers may use the database; `log` is undefined before its first event. */
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

/** The one log whose read models a database holds: each of two would undo the other's. */
export class DatabaseHolder {
  private readonly holders: Collection<HolderRecord>;

  constructor(private readonly connection: MongoConnection) {
    this.holders = connection.database.collection('holder');
  }

  /**
   * Looks whose it is; the result refuses a log with UnfitMongo. Another node may begin a log and
   * its read models meanwhile: to be called before the log is looked at.
   */
  async look(): Promise<(log: LogIds | undefined) => void> {
    const holding = await this.holding();
    return (log) => {
      if (!isOf(holding, log)) throw another();
    };
  }

  /** Makes it a log's, if it is no other one's; else UnfitMongo. */
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
   * Makes it nobody's, whose servers are stopped: what they folded is forgotten. `kept`: nothing is
   * done, as it is that log's, or nobody's. `busy`: nor while a server is at work.
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
