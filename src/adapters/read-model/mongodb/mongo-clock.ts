import type { StoreClock, TimeBounds } from '../../../ports/clock.js';
import type { MongoConnection } from './mongo-connection.js';

/** The clock of the primary, or of the router before a sharded cluster. */
export class MongoClock implements StoreClock {
  readonly store = 'MongoDB';

  constructor(private readonly connection: MongoConnection) {}

  /** Reads the time, cut to the millisecond, from the reply in which a server describes itself. */
  async read(): Promise<TimeBounds> {
    const { database } = this.connection;
    const { localTime } = await database.command({ hello: 1 }, { readPreference: 'primary' });
    if (!(localTime instanceof Date)) throw new Error('MongoDB does not say what time it is');
    return { earliest: localTime.getTime(), latest: localTime.getTime() + 1 };
  }
}
