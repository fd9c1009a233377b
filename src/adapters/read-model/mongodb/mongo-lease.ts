import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import { LEASE_MS, type Lease } from '../../../ports/lease.js';
import type { MongoConnection } from './mongo-connection.js';

/** A lease as a record in MongoDB, which runs out by the server's clock. */
export class MongoLease implements Lease {
  private readonly leases: Collection<LeaseRecord>;
  private readonly owner = randomUUID();

  constructor(
    private readonly connection: MongoConnection,
    private readonly name: string,
  ) {
    this.leases = connection.database.collection('leases');
  }

  /** Sends one command. The server repeats it by itself if two nodes make the record at a time. */
  async tryHold(): Promise<boolean> {
    const { owner } = this;
    const isFree = { $or: [{ $eq: ['$owner', owner] }, { $lte: ['$expiresAt', '$$NOW'] }] };
    const orAsItIs = (value: unknown, field: string): object => ({ $cond: [isFree, value, field] });
    const held = {
      owner: orAsItIs(owner, '$owner'),
      expiresAt: orAsItIs({ $add: ['$$NOW', LEASE_MS] }, '$expiresAt'),
    };
    const record = await this.connection.reach(() =>
      this.leases.findOneAndUpdate({ _id: this.name }, [{ $set: held }], {
        upsert: true,
        returnDocument: 'after',
      }),
    );
    return record?.owner === owner;
  }

  async release(): Promise<void> {
    await this.connection.reach(() => this.leases.deleteOne({ _id: this.name, owner: this.owner }));
  }
}

interface LeaseRecord {
  readonly _id: string;
  readonly owner: string;
  readonly expiresAt: Date;
}
